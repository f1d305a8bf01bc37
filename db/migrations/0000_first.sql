CREATE TABLE `bars` (
	`interval` integer NOT NULL,
	`instrument` text NOT NULL,
	`start` integer NOT NULL,
	`open` real NOT NULL,
	`high` real NOT NULL,
	`low` real NOT NULL,
	`close` real NOT NULL,
	`volume` real NOT NULL,
	`trades` integer NOT NULL,
	PRIMARY KEY(`interval`, `instrument`, `start`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `chats` (
	`key` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`kind` text NOT NULL,
	`venue` text,
	`interval` integer NOT NULL,
	`quote` text NOT NULL,
	`time_zone` text NOT NULL,
	`locale` text NOT NULL,
	`active` integer DEFAULT true NOT NULL,
	`inactive_reason` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`dedupe_key` text NOT NULL,
	`chat_key` text NOT NULL,
	`firing_id` text,
	`kind` text NOT NULL,
	`payload` text NOT NULL,
	`priority` integer NOT NULL,
	`state` text DEFAULT 'pending' NOT NULL,
	`queued_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`claimed_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`message_id` text,
	`error` text,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_dedupe_key_unique` ON `deliveries` (`dedupe_key`);--> statement-breakpoint
CREATE INDEX `deliveries_queue` ON `deliveries` (`priority`,`queued_at`,`id`,`due_at`,`chat_key`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`due_at`,`created_at`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_chat` ON `deliveries` (`chat_key`,`due_at`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `deliveries` (`state`,`finished_at`);--> statement-breakpoint
CREATE INDEX `deliveries_firing` ON `deliveries` (`firing_id`) WHERE firing_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `firings` (
	`id` text PRIMARY KEY NOT NULL,
	`rule_id` text NOT NULL,
	`ts` integer NOT NULL,
	`instrument` text NOT NULL,
	`price` real,
	`values` text NOT NULL,
	`trade_id` text,
	`suppressed` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `firings_rule` ON `firings` (`rule_id`,`ts`);--> statement-breakpoint
CREATE INDEX `firings_instrument` ON `firings` (`instrument`,`ts`);--> statement-breakpoint
CREATE INDEX `firings_ts` ON `firings` (`ts`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rule_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`rule_id` text NOT NULL,
	`ts` integer NOT NULL,
	`from_state` text NOT NULL,
	`to_state` text NOT NULL,
	`cause` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rule_changes_rule` ON `rule_changes` (`rule_id`,`id`);--> statement-breakpoint
CREATE TABLE `rules` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` integer NOT NULL,
	`chat_key` text NOT NULL,
	`owner_id` text NOT NULL,
	`text` text NOT NULL,
	`instrument` text NOT NULL,
	`state` text NOT NULL,
	`saved` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`chat_key`) REFERENCES `chats`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rules_number` ON `rules` (`chat_key`,`number`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `rules_owner` ON `rules` (`owner_id`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`locale` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `views` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `views_created` ON `views` (`created_at`);