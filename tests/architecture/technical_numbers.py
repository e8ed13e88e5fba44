"""Numbers that stand in code because no policy moves them: reason → "module NAME NAME …" by line.

What somebody could want to change by policy (days, shares, minutes, counts of people or of demands) is no reason here:
it belongs into the rule pack.
"""

REASONS = {
    "levels of the five-level tree and lengths of their codes, which GB/T 2260 and the statistical codes fix": """
        webapp.accountability.taking LEVELS
        webapp.accountability.not_opened _COUNTY
        webapp.accountability.reply_template VILLAGE_DIGITS
        webapp.burden.limits COUNTY_LEVEL
        webapp.burden.rules VILLAGE_CODE_LENGTH
        webapp.coverage.queries KEYS VILLAGE TOWNSHIP
        webapp.delivery.tables COUNTY
        webapp.duties.preview COUNTY VILLAGE
        webapp.duties.views COUNTY
        webapp.duties.cases _DOWN
        webapp.evaluation.collectors.duties COUNTY TOWNSHIP
        webapp.evaluation.collectors.values SUBJECT_LEVELS _LENGTHS
        webapp.evaluation.service COUNTY SCORED_LEVELS
        webapp.leave.service VILLAGE
        webapp.leave.routing LAST_STEP COUNTY TOWNSHIP
        webapp.leave.trips TOWNSHIP
        webapp.leave.views_calendar TOWNSHIP
        webapp.org.codes LENGTHS LEVEL_NAMES
        webapp.org.occupancy VILLAGE
        webapp.org.rules LEVELS_OF_ROLE
        webapp.permissions LEVELS
        webapp.policy.duty_lists LEVELS
        webapp.presence.drawing LEVELS
        webapp.presence.scopes TOWNSHIP_LENGTH COUNTY_LENGTH
        webapp.support.rules _LEVELS
        webapp.sheets.opening VILLAGE COUNTY
        webapp.sheets.months _COUNTY
        webapp.sheets.views VILLAGE_LENGTH
        webapp.teams.designating VILLAGE
        webapp.teams.events TOWNSHIP
        webapp.teams.queries COUNTY TOWNSHIP VILLAGE
        webapp.teams.rotation VILLAGE
    """,
    "characters that a column or a line on paper holds": """
        webapp.accountability.asked LONGEST_ANSWER
        webapp.accountability.attachments NAME_LIMIT
        webapp.accountability.documents NUMBER_LIMIT
        webapp.accountability.drafts LONGEST
        webapp.accountability.kept_words _LONGEST
        webapp.accountability.orders LONGEST
        webapp.accountability.reasons LENGTH
        webapp.accountability.remarks LIMIT
        webapp.accountability.reply_template LIMITS
        webapp.accountability.not_opened _REASON_LIMIT
        webapp.accountability.rules TEXT_LIMIT REASON_LIMIT DOCUMENT_NO_LIMIT LIMITS
        webapp.accountability.views_matrix WORDS_LIMIT
        webapp.accountability.wording TITLE
        webapp.agenda.sources TITLE
        webapp.auth.passwords LONGEST
        webapp.burden.asking LIMITS LONGEST_WORD
        webapp.burden.complaints LONGEST
        webapp.burden.directory REASON_LIMIT
        webapp.burden.flags WORDS_LIMIT HOLDER_LIMIT
        webapp.burden.gate NORMAL_LENGTH
        webapp.coverage.list_tables GROUP_LIMIT REASON_LIMIT DOCUMENT_LIMIT
        webapp.coverage.service WORDS_LIMIT
        webapp.dashboard.queries _SUBJECT
        webapp.duties.cases SUBJECT_LIMIT
        webapp.finding.saved NAME_LIMIT QUERY_LIMIT
        webapp.finding.searching SHORTEST LONGEST
        webapp.handover.service LIMITS NOTE_LIMIT
        webapp.handover.sources LONGEST
        webapp.leave.rules TEXT_LIMIT
        webapp.leave.trips SUBJECT_LIMIT NUMBER_LIMIT
        webapp.notices.addresses LONGEST
        webapp.notices.service SUBJECT_LENGTH
        webapp.org.delegations REASON_LENGTH
        webapp.org.groups LIMITS
        webapp.org.reading LONGEST_LINE LONGEST_NAME
        webapp.org.service LONGEST_NAME
        webapp.policy.calendar_file NAME_LIMIT
        webapp.policy.calendar_service SOURCE_LIMIT REASON_LIMIT
        webapp.presence.exempting DOCUMENT_LIMIT
        webapp.presence.inspection_rules TEXT_LIMIT
        webapp.rectification.lateral TITLE_WORDS
        webapp.rectification.rules TEXT_LIMIT REASON_LIMIT PROOF_LIMIT LIMITS
        webapp.rectification.telling SUBJECT_WORDS
        webapp.sheets.rules LINE_LIMIT REASON_LIMIT
        webapp.supervision.subjects TITLE_LIMIT
        webapp.table_files LONGEST_CELL
        webapp.support.rules DOCUMENT_LIMIT
        webapp.teams.designating DOCUMENT_LIMIT
        webapp.teams.events SUBJECT_LIMIT DOCUMENT_LIMIT REASON_LIMIT
        webapp.teams.life TEXT_LIMIT
        webapp.teams.recall_steps WORDS_LIMIT
        webapp.teams.selecting TEXT_LIMIT
        webapp.teams.stepping DOCUMENT_LIMIT
        webapp.upward.rules LIMITS REASON_LIMIT DOCUMENT_LIMIT
        webapp.worklogs.plan_views WORDS_LIMIT
        webapp.worklogs.plans TITLE_LIMIT TEXT_LIMIT
        webapp.worklogs.reading_views WORDS_LIMIT
        webapp.worklogs.rules TEXT_LIMIT
    """,
    "rows, lines and names that a page shows or that one act, statement or batch takes": """
        webapp.accountability.bulk AT_MOST
        webapp.accountability.export LIMIT AT_ONCE
        webapp.accountability.forms_choosing ALL_AT_ONCE LISTED
        webapp.accountability.kept_words _MOST
        webapp.accountability.matrix MOST_TASKS ROWS
        webapp.accountability.parties _AT_ONCE
        webapp.accountability.postponing AT_ONCE
        webapp.accountability.rebuilding _AT_ONCE
        webapp.accountability.recalculation NAMED_AT_MOST
        webapp.accountability.remark_views _MOST_KEPT
        webapp.accountability.reply_template MOST
        webapp.accountability.telling NAMED_AT_MOST
        webapp.accountability.views_new AT_ONCE
        webapp.accountability.views_record SHOWN_PARTS
        webapp.accountability.watching _AT_ONCE
        webapp.accountability.wording _MOST_PAIRS
        webapp.agenda.feed MOST
        webapp.agenda.sources MOST
        webapp.burden.asking MOST_FIELDS
        webapp.burden.complaints MANY
        webapp.burden.gate _NAMED
        webapp.burden.held _NAMED _LONGEST
        webapp.burden.queries _NAMED_ONE_BY_ONE
        webapp.burden.service _AT_ONCE
        webapp.dashboard.queries SHOWN MOST
        webapp.delivery.tables TREND_PERIODS MOST_LINES COLUMNS LEAST_PERIODS
        webapp.delivery.list_tables AT_ONCE
        webapp.evaluation.figure_rows AT_ONCE
        webapp.evaluation.queries UNITS_A_PAGE
        webapp.finding.saved MOST
        webapp.finding.searching SHOWN
        webapp.handover.service LINES_AT_MOST
        webapp.leave.acts AT_ONCE
        webapp.leave.tables AT_ONCE
        webapp.leave.queries _AT_ONCE
        webapp.leave.retention _AT_ONCE
        webapp.notices.gathering _AT_ONCE
        webapp.notices.service _AT_ONCE
        webapp.org.views_files AT_ONCE
        webapp.org.importing BATCH
        webapp.org.queries _AT_ONCE
        webapp.org.units NAMED_AT_MOST MOST_PASTED _AT_ONCE
        webapp.org.views_groups SHOWN
        webapp.paging SIZE LAST_PAGE COUNTED
        webapp.policy.recalculation _AT_ONCE
        webapp.policy.views_calendar CHANGES_SHOWN
        webapp.rectification.export BATCH
        webapp.rectification.importing MOST_LINES _AT_ONCE
        webapp.rectification.reading _AT_ONCE
        webapp.rectification.rules MOST_EVIDENCE
        webapp.rectification.views_import SHOWN
        webapp.spreadsheets MOST_ROWS
        webapp.supervision.export AT_ONCE
        webapp.support.service AT_ONCE _PIECE
        webapp.supervision.reminding AT_ONCE
        webapp.supervision.subjects AT_ONCE
        webapp.supervision.telling MOST_LINES _AT_ONCE
        webapp.supervision.views_acts MOST_AT_ONCE
        webapp.table_files MOST_ROWS SHOWN
        webapp.teams.views SHOWN
        webapp.teams.views_events MOST
        webapp.worklogs.cleaning _AT_ONCE
        webapp.worklogs.export LIMIT
        webapp.worklogs.outbox_data RECENT MOST
        webapp.worklogs.plans DRAFTED
        webapp.worklogs.queries WEEK
        webapp.worklogs.replay AT_ONCE NAMED
        webapp.worklogs.submissions BOUND_LIMIT
    """,
    "bytes, pixels, nodes: what memory, disk or a file format bears": """
        flows.report_commands LARGEST_FILE
        webapp.accountability.attachments MOST BYTES_LIMIT
        webapp.accountability.evidence_zip LARGEST
        webapp.agenda.feed BYTES
        webapp.app BODY_LIMIT PLAIN_FORM_LIMIT
        webapp.auth.keeping LARGEST
        webapp.coverage.views_entry KEPT_LIMIT
        webapp.db SAMPLED
        webapp.doctor GIBIBYTE LOW_DISK FULL_DISK
        webapp.error_pages DRAINED
        webapp.headers SMALLEST
        webapp.images BYTES_LIMIT PIXELS_LIMIT LONG_SIDE QUALITY _ORIENTATION _SHORT _UPRIGHT
        webapp.leave.sealing WIDTH
        webapp.notices.sealed _NONCE
        webapp.notices.wire LONGEST_ANSWER
        webapp.policy.calendar_file MOST_DAYS
        webapp.policy.reading LARGEST_FILE MOST_NODES DEEPEST MOST_FAULTS
        webapp.table_files LARGEST_FILE LARGEST_UNPACKED
        webapp.teams.views_import KEPT_LIMIT
        webapp.worklogs.photos MOST
        webapp.worklogs.submissions BODY_LIMIT _LARGEST_ID
        webapp.worklogs.upload_views PIECE
    """,
    "time that a process, a connection, a cache or a half-typed form is given": """
        flows.jobs RUNS_KEPT
        flows.prefect_server START_SECONDS PROBE_SECONDS
        flows.prefect_settings RETENTION_SECONDS
        flows.scheduler PREFECT_LOOKS LAST_SECONDS LOOKS
        flows.tied PR_SET_PDEATHSIG
        webapp.accountability.bulk UNDO_SECONDS
        webapp.accountability.entries KEPT
        webapp.accountability.views_drafts SECONDS
        webapp.agenda.feed REFRESH
        webapp.auth.device_tokens USED_EVERY
        webapp.auth.keeping HOURS
        webapp.auth.limits AGE
        webapp.auth.sealed_password SECONDS
        webapp.auth.sealing LATE
        webapp.auth.sessions TOUCH_EVERY
        webapp.burden.views_complaints HOURS
        webapp.dashboard.health FRESH
        webapp.dashboard.views YEAR
        webapp.db USUAL_MS BRIEF_MS
        webapp.delivery.service RETRY_MINUTES
        webapp.doctor CLOCK_SLACK CONNECT_SECONDS FRESH
        webapp.error_pages RETRY_SECONDS
        webapp.evaluation.views REFRESH_SECONDS
        webapp.headers YEAR
        webapp.navigation DEMO_CHECKED_EVERY
        webapp.notices.mailing PATIENCE_SECONDS
        webapp.notices.outbox BACK_OFF
        webapp.notices.wire PATIENCE_SECONDS
        webapp.worklogs.cleaning PIECES_KEPT ROWS_KEPT SAFE_AGE
        webapp.worklogs.rules SLIGHT FAR_BEHIND
    """,
    "brakes against guessing and flooding; the pack holds what a person meets (password.*, session.*)": """
        webapp.auth.device_tokens MOST
        webapp.auth.throttle WIDE FORGET LONGEST KNOWN_FOR
        webapp.burden.complaints GROUPS GROUP
        webapp.burden.views_complaints MOST_A_DAY LOOKED_UP_A_DAY
        webapp.notices.channels MOST
    """,
    "dates, amounts and numbers that can only be a slip of the pen; the sentence asks to look again": """
        flows.recurring_commands YEARS
        flows.report_commands FARTHEST
        webapp.accountability.drafts FURTHEST
        webapp.accountability.forms_weights HEAVIEST
        webapp.accountability.parts WEIGHTS
        webapp.agenda.months FIRST_YEAR LAST_YEAR
        webapp.delivery.service LONGEST_CATCH_UP
        webapp.doctor EARLIEST_YEAR
        webapp.leave.balance MOST_DAYS MOST_YEARS
        webapp.support.rules MOST_YUAN
        webapp.leave.rules LONGEST_DAYS
        webapp.leave.views_entitlements FIRST_YEAR
        webapp.support.queries FIRST_YEAR
        webapp.org.delegations AHEAD
        webapp.org.rules AHEAD
        webapp.policy.calendar FIRST_YEAR
        webapp.upward.rules LARGEST_AMOUNT
        webapp.worklogs.submissions YEARS
    """,
    "arithmetic of the calendar, of shares and of the ladder's order; windows that only have to be wide enough": """
        webapp.agenda.feed BACK AHEAD
        webapp.coverage.rules _DAY
        webapp.duties.preview _LONGEST
        webapp.evaluation.freezing LOOK_BACK
        webapp.evaluation.periods _MONTHS
        webapp.evaluation.schemes FULL
        webapp.evaluation.scoring UNIT CENT
        webapp.leave.halves NOON
        webapp.policy.workdays _DAY
        webapp.presence.rules _DAY
        webapp.supervision.rules RANK
        webapp.teams.rotation ORDER
        webapp.support.opening ONE_DAY
        webapp.teams.rules _DAY _MONTHS
    """,
    "names of locks, answers of other systems and schemas of files": """
        webapp.accountability.issue_file SCHEMA
        webapp.burden.gate _TURN
        webapp.burden.proposal_file SCHEMA
        webapp.org.delegations _TURN
        webapp.error_pages SENTENCES TITLES
        webapp.notices.wire _LATER
        webapp.policy.held_fields SCHEMA
    """,
}
