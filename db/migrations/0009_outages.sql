CREATE TABLE `outages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`cause` text NOT NULL,
	`alerts` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`fired` integer DEFAULT 0 NOT NULL,
	`missed` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outages_start` ON `outages` (`chat_key`,`cause`,`started_at`);--> statement-breakpoint
CREATE INDEX `outages_open` ON `outages` (`chat_key`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `outages_ended` ON `outages` (`ended_at`);--> statement-breakpoint
ALTER TABLE `chats` ADD `heartbeat` text;--> statement-breakpoint
ALTER TABLE `chats` ADD `heartbeat_at` integer;