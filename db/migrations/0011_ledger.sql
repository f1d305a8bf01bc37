CREATE TABLE `ledger` (
	`seq` integer PRIMARY KEY NOT NULL,
	`ts` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`body` text NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_key_unique` ON `ledger` (`key`);--> statement-breakpoint
CREATE INDEX `ledger_signals` ON `ledger` (body ->> 'chat',body ->> 'strategy',seq) WHERE kind = 'signal';--> statement-breakpoint
CREATE TRIGGER `ledger_unchanged` BEFORE UPDATE ON `ledger` BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `ledger_kept` BEFORE DELETE ON `ledger` BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END;--> statement-breakpoint
CREATE TRIGGER `ledger_not_replaced` BEFORE INSERT ON `ledger` WHEN EXISTS (SELECT 1 FROM `ledger` WHERE `seq` = NEW.`seq` OR `key` = NEW.`key`) BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
