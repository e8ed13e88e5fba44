"""What can stop a report, in one Chinese sentence that a person can act on.

The message is shown as it stands; the original words of a library stay in the log through ``__cause__``.
"""


class ReportError(Exception):
    """The document was not made; the message says why and what to do."""


class ReportRefused(ReportError):
    """The content given may not be printed: a score where none may stand, a mode that is not built, too many words."""


class MissingFont(ReportError):
    """The font set is absent, incomplete or altered."""


class MissingLibrary(ReportError):
    """A system library that the rendering needs is not installed."""


class MissingGlyph(ReportError):
    """A character of the document is in none of the fonts (G-30): printing would leave a box or a gap."""


class OutsideResource(ReportError):
    """A template or a text asked for something outside the document; the fence refused it."""
