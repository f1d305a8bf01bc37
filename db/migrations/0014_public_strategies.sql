ALTER TABLE `strategies` ADD `published_at` integer;--> statement-breakpoint
CREATE INDEX `strategies_public` ON `strategies` (`published_at`) WHERE published_at IS NOT NULL AND ended_at IS NULL;