-- The "why" of a request: what selection said of every lane before the first call, as JSON.

ALTER TABLE requests ADD COLUMN why TEXT;
