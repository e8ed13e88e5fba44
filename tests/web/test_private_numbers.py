"""Identity, bank card and mobile numbers are no part of any free text; numbers that only look alike stay (S-1, S-22, S-23)."""

import pytest

from webapp.private_numbers import fault_of, faults_in, kind_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("户主 533323198003121234 已办", "身份证号码"),
        ("533323 19800312 123X", "身份证号码"),
        ("５３３３２３１９８００３１２１２３４", "身份证号码"),
        ("旧证533323800312123", "身份证号码"),
        ("电话13812345678。", "手机号码"),
        ("请联系 138-1234-5678", "手机号码"),
        ("+86 138 1234 5678", "手机号码"),
        ("账户6222020200112230302", None),
        ("账户6222 0202 0011 2233 5", None),
        ("账户 6217000010001234569", "银行卡号"),
        ("值班电话 0886-3411234", None),
        ("代码 533323101201，任务 533323-2026-17", None),
        ("文号 福政办发〔2026〕31号，金额 120000000000 元", None),
        ("流水号 533323209913121234", None),
        ("编号 533323199913121234", None),
        ("", None),
    ],
)
def test_what_is_found(text: str, kind: str | None) -> None:
    assert kind_in(text) == kind


def test_the_sentence_names_the_field_and_says_what_to_do() -> None:
    assert fault_of("13812345678", "留言") == (
        "留言中写有手机号码。请删去；需要联系方式的，写单位值班电话（固定电话）。"
    )
    written = [("a", "内容", "无变化"), ("b", "依据", "533323198003121234")]
    assert list(faults_in(written)) == ["b"] and "“二组张某户”" in faults_in(written)["b"]
