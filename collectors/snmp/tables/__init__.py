"""Tables as pure parsers: rows in, values out. A row that makes no sense raises BadValue."""
