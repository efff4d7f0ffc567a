# logging_setup - loggers, filters, formatters and handlers on stdout.
#
# SPDX-License-Identifier: Apache-2.0
import io
import logging
import logging.config
import logging.handlers
import sys

logging.basicConfig(
    stream=sys.stdout,
    level=logging.INFO,
    format="%(levelname)-8s %(name)s: %(message)s",
)
log = logging.getLogger("shop.till")
log.debug("not shown")
log.info("opened with %d coins in %s", 40, {"box": 1})
log.warning("%(what)s low on %(coin).2f", {"what": "drawer", "coin": 0.5})


class NoSecrets(logging.Filter):
    def filter(self, record):
        if "pin" in record.getMessage():
            record.msg, record.args = "(hidden)", ()
        return not record.getMessage().startswith("noise")


class Upper(logging.Formatter):
    def format(self, record):
        return super().format(record).upper() + f" [{record.funcName}]"


log.addFilter(NoSecrets())
captured = io.StringIO()
handler = logging.StreamHandler(captured)
handler.setFormatter(Upper("{levelname[0]}|{name}|{message}", style="{"))
handler.setLevel(logging.ERROR)
log.addHandler(handler)


def sell(item):
    log.info("noise about %s", item)
    log.info("the pin is %s", 1234)
    try:
        return {}[item]
    except KeyError:
        log.error("no %s left", item, exc_info=False, extra={"shelf": 3})
        log.log(35, "between warning and error")


sell("tea")
print("captured:", captured.getvalue().strip())
child = log.getChild("printer")
print(
    child.name,
    child.getEffectiveLevel(),
    child.parent is log,
    child.isEnabledFor(logging.DEBUG),
    logging.getLevelName(35),
)
child.propagate = False
child.addHandler(logging.NullHandler())
child.critical("nobody hears this")

memory = logging.handlers.MemoryHandler(
    10, flushLevel=logging.ERROR, target=logging.StreamHandler(sys.stdout)
)
burst = logging.getLogger("burst")
burst.propagate = False
burst.setLevel(logging.DEBUG)
burst.addHandler(memory)
burst.debug("kept back")
burst.info("kept back too")
print("-- nothing yet")
burst.error("now all of it")
memory.close()

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"short": {"format": "%(levelno)d/%(message)s"}},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "formatter": "short",
                "stream": "ext://sys.stdout",
            }
        },
        "loggers": {
            "made": {"handlers": ["out"], "level": "DEBUG", "propagate": False}
        },
    }
)
made = logging.LoggerAdapter(logging.getLogger("made"), {"user": "ann"})
made.debug("by dictionary")
logging.disable(logging.CRITICAL)
made.critical("switched off")
