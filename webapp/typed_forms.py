"""Forms whose rules stand in the domain half: what was typed is read here, what is wrong with it comes back by field."""

from datetime import date

from flask_wtf import FlaskForm

from webapp.words import typed_day


class TypedForm(FlaskForm):
    """A form that stays as it was typed, with each fault beside its field."""

    def day(self, name: str) -> date | None:
        """The day typed into a field; None for anything that is none."""
        return typed_day(self[name].data)

    def tell(self, faults: dict[str, str]) -> None:
        """Put each sentence beside its field."""
        for name, sentence in faults.items():
            self[name].errors = [sentence]
