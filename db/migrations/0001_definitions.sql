CREATE TABLE `definitions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`name` text NOT NULL,
	`text` text NOT NULL,
	`owner_id` text NOT NULL,
	`author_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `definitions_name` ON `definitions` (`chat_key`,`name`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `definitions_history` ON `definitions` (`chat_key`,`name`,`id`);--> statement-breakpoint
ALTER TABLE `rules` ADD `definitions` text;