ALTER TABLE `signal_feeds` ADD `by_webhook` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `signal_feeds` ADD `publishes` integer DEFAULT false NOT NULL;