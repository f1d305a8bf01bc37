CREATE TABLE `mutes` (
	`chat_key` text NOT NULL,
	`symbol` text NOT NULL,
	`until` integer NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`chat_key`, `symbol`)
);
--> statement-breakpoint
CREATE TABLE `pings` (
	`rule_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`rule_id`, `user_id`)
);
--> statement-breakpoint
ALTER TABLE `chats` ADD `quiet` text;--> statement-breakpoint
ALTER TABLE `chats` ADD `resolve` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `carrier_id` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `held` text;--> statement-breakpoint
CREATE INDEX `deliveries_carrier` ON `deliveries` (`carrier_id`) WHERE carrier_id IS NOT NULL;