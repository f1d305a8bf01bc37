CREATE TABLE `strategies` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`text` text NOT NULL,
	`owner_id` text NOT NULL,
	`author_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `strategies_name` ON `strategies` (`chat_key`,`name`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `strategies_history` ON `strategies` (`chat_key`,`name`,`id`);