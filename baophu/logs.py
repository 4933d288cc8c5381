"""The whole process logs JSON lines: constant messages, and fields that programs read."""

import logging
from datetime import UTC, datetime

import orjson

#: Whose state changes are worth a line; of libraries only warnings are.
OURS = ("api", "baophu", "collectors", "exporter", "lab", "ledger")


def log_json_lines() -> None:
    """Let the whole process log JSON lines to standard error, unless it logs elsewhere already."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for package in OURS:
        logging.getLogger(package).setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, the fields given as `extra`, exception."""

    _STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "color_message"}

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        fields = {name: value for name, value in vars(record).items() if name not in self._STANDARD}
        line = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()
