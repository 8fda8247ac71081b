-- A first load may go patient by patient [ADR 0005]. "window_patients": whose records the window names, empty for what
-- belongs to no patient; without a cursor such a window is read to its end. "waiting": patients that are stored and
-- whose own records are still to be read before anybody hears of them.
ALTER TABLE sync_checkpoints
  ADD COLUMN window_patients text[],
  ADD COLUMN waiting text[];
