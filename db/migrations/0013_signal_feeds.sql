CREATE TABLE `signal_feeds` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`number` integer NOT NULL,
	`target_key` text NOT NULL,
	`owner_id` text NOT NULL,
	`name` text NOT NULL,
	`text` text NOT NULL,
	`version` integer NOT NULL,
	`saved` text,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signal_feeds_number` ON `signal_feeds` (`chat_key`,`number`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `signal_feeds_target` ON `signal_feeds` (`target_key`,`name`);--> statement-breakpoint
CREATE INDEX `deliveries_signals` ON `deliveries` (`chat_key`,`finished_at`) WHERE kind = 'signal';