-- Version 10: new texts are put into the index of words by a statement of their
-- own. Within a trigger's statement SQLite prepares to take a part of it back,
-- and for that FTS5 wrote each text's words to the disk by themselves.

DROP TRIGGER texts_added;
