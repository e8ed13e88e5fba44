"""The shape of the form by which an owner records. What an entry must satisfy is judged by the rules."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField

from webapp.support.models import CORRECTIONS, REASONS

SCOPES = {"ticked": "只登记勾选的", "whole": "登记所列全部"}


def _choices(names: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(*pair) for pair in names.items()]


class RecordForm(FlaskForm):
    """One entry, for one item or for many."""

    state = RadioField(
        "登记为", choices=_choices({"done": "已落实", "not_applicable": "不适用"}), validate_choice=False
    )
    done_on = StringField("落实日期")
    document_no = StringField("文号或者凭证号")
    amount = StringField("每人金额（元）")
    reason = RadioField("不适用的原因", choices=_choices(REASONS), validate_choice=False)
    scope = RadioField("登记范围", choices=_choices(SCOPES), validate_choice=False, default="ticked")
    correction = RadioField("更正原因", choices=_choices(CORRECTIONS), validate_choice=False)

    def allow_taking_back(self) -> None:
        """For an item that was recorded: it may be open again."""
        self.state.choices = _choices({"done": "已落实", "not_applicable": "不适用", "open": "收回登记，恢复为待落实"})

    def tell(self, faults: dict[str, str]) -> str:
        """Put each fault to its field; gives those that belong to none."""
        for name, sentence in faults.items():
            if name in self._fields:
                self._fields[name].errors = [sentence]
        return "".join(sentence for name, sentence in faults.items() if name not in self._fields)
