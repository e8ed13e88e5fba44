"""The words of the audit log: kinds of acts, verbs, objects, fields and values, by the names in the rows.

A word stands in the file of the field of work that records it; one that several fields record is common.
"""

from webapp.auth import audit_words_common as common
from webapp.auth import audit_words_reports as reports
from webapp.auth import audit_words_stationed as stationed
from webapp.auth import audit_words_tasks as tasks
from webapp.permissions import ROLE_NAMES

# Kinds are the part of an action before its first dot.
KINDS = common.KINDS | tasks.KINDS | stationed.KINDS | reports.KINDS
VERBS = common.VERBS | tasks.VERBS | stationed.VERBS | reports.VERBS
OBJECTS = common.OBJECTS | tasks.OBJECTS | stationed.OBJECTS | reports.OBJECTS
FIELDS = common.FIELDS | tasks.FIELDS | stationed.FIELDS | reports.FIELDS
VALUES = ROLE_NAMES | common.VALUES | tasks.VALUES | reports.VALUES
