CREATE TABLE `trades` (
	`id` integer PRIMARY KEY NOT NULL,
	`instrument` text NOT NULL,
	`first` integer NOT NULL,
	`last` integer NOT NULL,
	`count` integer NOT NULL,
	`data` blob NOT NULL
);
--> statement-breakpoint
CREATE INDEX `trades_first` ON `trades` (`instrument`,`first`);--> statement-breakpoint
CREATE INDEX `trades_newest` ON `trades` (`instrument`,`last`);--> statement-breakpoint
CREATE INDEX `trades_last` ON `trades` (`last`);