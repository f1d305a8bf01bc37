CREATE TABLE `audit` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`ts` integer NOT NULL,
	`chat_key` text NOT NULL,
	`user_id` text NOT NULL,
	`user_name` text NOT NULL,
	`what` text NOT NULL,
	`subject` text NOT NULL,
	`old` text,
	`new` text
);
--> statement-breakpoint
CREATE INDEX `audit_chat` ON `audit` (`chat_key`,`id`);--> statement-breakpoint
CREATE TABLE `blocks` (
	`place` text NOT NULL,
	`user_id` text NOT NULL,
	`by_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`place`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `proposal_votes` (
	`proposal_id` integer NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`proposal_id`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `proposals` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_key` text NOT NULL,
	`proposer_id` text NOT NULL,
	`proposer_name` text NOT NULL,
	`text` text NOT NULL,
	`definitions` text NOT NULL,
	`votes_needed` integer NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer,
	`decided_by` text,
	`rule_id` text
);
--> statement-breakpoint
CREATE INDEX `proposals_chat` ON `proposals` (`chat_key`,`state`,`expires_at`);--> statement-breakpoint
ALTER TABLE `chats` ADD `rule_policy` text DEFAULT 'everyone' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `handle` text;--> statement-breakpoint
CREATE TRIGGER `audit_unchanged` BEFORE UPDATE ON `audit` BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `audit_kept` BEFORE DELETE ON `audit` BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;--> statement-breakpoint
CREATE TRIGGER `audit_not_replaced` BEFORE INSERT ON `audit` WHEN EXISTS (SELECT 1 FROM `audit` WHERE `id` = NEW.`id`) BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
