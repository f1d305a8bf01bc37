ALTER TABLE `outages` ADD `feeds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `outages` ADD `signals` integer DEFAULT 0 NOT NULL;