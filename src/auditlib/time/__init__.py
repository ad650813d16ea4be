"""Time: one epoch, months, zones and their clock changes, and business time over calendars.

Instants and open times are integer microseconds, local days are counted since 1970-01-01, months are
``year * 100 + month``. Business time has three forms of one law: `elapsed_one` and `deadline_one` read like
the clause; `elapsed` and `deadline` answer for arrays on a `timetable`; `with_total` and `with_deadline` are
table expressions. Nothing here reads a client's file or asks the time.
"""
