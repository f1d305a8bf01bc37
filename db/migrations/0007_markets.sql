CREATE TABLE `markets` (
	`instrument` text PRIMARY KEY NOT NULL,
	`listed_at` integer NOT NULL,
	`delisted_at` integer,
	`absent_at` integer,
	`told` integer NOT NULL
) WITHOUT ROWID;
