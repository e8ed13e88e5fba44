"""Forms of the notice preferences: they check shape only."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from webapp.notices.kinds import KINDS
from webapp.notices.models import CHANNELS


class PreferenceForm(FlaskForm):
    """Own hours, and what goes outside at all."""

    opens = StringField("最早", [Length(max=5, message="时间不正确。请写成 09:00 的样子。")])
    closes = StringField("最晚", [Length(max=5, message="时间不正确。请写成 18:00 的样子。")])
    kinds = SelectMultipleField(
        "哪些事项需要外部提醒", choices=[SelectChoice(name, kind.words) for name, kind in KINDS.items()]
    )


class ChannelForm(FlaskForm):
    """A channel to add."""

    kind = RadioField(
        "渠道",
        choices=[SelectChoice(name, words) for name, words in CHANNELS.items()],
        validators=[InputRequired("请选择渠道。")],
    )
    address = StringField(
        "地址", [InputRequired("请填写地址。"), Length(max=500, message="地址太长，最多 500 个字符。")]
    )
    secret = StringField("加签密钥", [Length(max=128, message="加签密钥太长，最多 128 个字符。")])
