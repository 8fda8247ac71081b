-- A block whose answer was lost was looked for once and not found: GoHighLevel may list it late, so it is looked for once more.
ALTER TABLE bridge_blocks ADD COLUMN missed boolean NOT NULL DEFAULT false;
