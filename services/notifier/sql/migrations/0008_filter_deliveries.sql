-- Lists go by status and id, and filter the rest over a window of rows. An index by type was written with every change.
DROP INDEX delivery_by_event;
