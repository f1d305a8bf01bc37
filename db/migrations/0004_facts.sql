CREATE TABLE `facts` (
	`name` text NOT NULL,
	`instrument` text NOT NULL,
	`slot` integer NOT NULL,
	`at` integer NOT NULL,
	`ts` integer NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`name`, `instrument`, `slot`)
) WITHOUT ROWID;
