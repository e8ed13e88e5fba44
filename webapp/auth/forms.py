"""Forms of sign-in and accounts: they check shape only."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError


class LoginForm(FlaskForm):
    """Account and password."""

    login = StringField("账号", [InputRequired("请填写账号。"), Length(max=60, message="账号最长 60 个字符。")])
    password = PasswordField("密码", [InputRequired("请填写密码。"), Length(max=512, message="密码太长。")])
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(FlaskForm):
    """A new password, proved by the present one."""

    current = PasswordField("原密码", [InputRequired("请填写原密码。"), Length(max=512, message="密码太长。")])
    new = PasswordField("新密码", [InputRequired("请填写新密码。"), Length(max=512, message="密码太长。")])
    repeat = PasswordField("再输一遍新密码", [InputRequired("请再输一遍新密码。")])
    kept = HiddenField()

    def validate_repeat(self, field: PasswordField) -> None:
        if field.data != self.new.data:
            raise ValidationError("两次输入的新密码不一致。请重新输入。")


class AccountForm(FlaskForm):
    """An account for a person who holds a post."""

    person_id = SelectField("人员", coerce=int)
    login = StringField("账号", [InputRequired("请填写账号。")])
    sealed = HiddenField(validators=[InputRequired("本页已失效。请刷新后重新填写。")])
