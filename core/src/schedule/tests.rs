use super::*;

fn utc(text: &str) -> Timestamp {
    let at = Due::parse(&format!("{text}:00.000Z[UTC]"));
    at.unwrap_or_else(|| panic!("not a moment: {text}")).at
}

/// Clocks of Lisbon: an hour ahead from 2026-03-29 01:00 to 2026-10-25 01:00 UTC.
fn lisbon() -> Vec<ZoneOffset> {
    let change = |at: &str, offset| ZoneOffset {
        from: utc(at),
        offset,
    };
    vec![
        change("2025-10-26T01:00", 0),
        change("2026-03-29T01:00", 60),
        change("2026-10-25T01:00", 0),
    ]
}

fn ask(now: &str, amount: u32, unit: DueUnit, hours: Option<Vec<Hours>>) -> Due {
    let policies = Policies {
        zone: "Europe/Lisbon".to_owned(),
        ..Policies::default()
    };
    let policies = Policies {
        hours: hours.unwrap_or_else(|| policies.hours.clone()),
        ..policies
    };
    DueAsk {
        now: utc(now),
        amount,
        unit,
        offsets: lisbon(),
    }
    .due(&policies)
}

/// The moment, and the day where it is a whole one.
fn shown(due: &Due) -> (i64, Option<&str>) {
    (due.at.as_millis(), due.day.as_deref())
}

#[test]
fn moments_are_counted_on_the_clock_of_the_world() {
    use DueUnit::{Hours, Minutes};
    let table = [
        ("2026-11-20T10:00", 0, Minutes, "2026-11-20T10:00"),
        ("2026-11-20T10:00", 90, Minutes, "2026-11-20T11:30"),
        // Clocks go back in between; an hour is an hour.
        ("2026-10-25T00:30", 2, Hours, "2026-10-25T02:30"),
    ];
    for (now, amount, unit, expected) in table {
        let due = ask(now, amount, unit, None);
        assert_eq!(shown(&due), (utc(expected).as_millis(), None), "{now}");
        assert_eq!(due.zone, "Europe/Lisbon");
    }
}

#[test]
fn days_end_with_the_local_day() {
    use DueUnit::{BusinessDays, Days};
    // Each with the day, and the moment after its last one.
    let table = [
        (
            "2026-11-20T10:00",
            0,
            Days,
            "2026-11-20",
            "2026-11-21T00:00",
        ),
        (
            "2026-11-20T10:00",
            3,
            Days,
            "2026-11-23",
            "2026-11-24T00:00",
        ),
        // It is the next day in Lisbon already.
        (
            "2026-07-01T23:30",
            1,
            Days,
            "2026-07-03",
            "2026-07-03T23:00",
        ),
        // The day on which clocks go forward has 23 hours, the other one 25.
        (
            "2026-03-28T12:00",
            1,
            Days,
            "2026-03-29",
            "2026-03-29T23:00",
        ),
        (
            "2026-10-24T12:00",
            1,
            Days,
            "2026-10-25",
            "2026-10-26T00:00",
        ),
        // 2026-11-20 is a Friday.
        (
            "2026-11-20T10:00",
            1,
            BusinessDays,
            "2026-11-23",
            "2026-11-24T00:00",
        ),
        (
            "2026-11-20T10:00",
            2,
            BusinessDays,
            "2026-11-24",
            "2026-11-25T00:00",
        ),
        (
            "2026-11-20T10:00",
            6,
            BusinessDays,
            "2026-11-30",
            "2026-12-01T00:00",
        ),
        (
            "2026-11-20T10:00",
            0,
            BusinessDays,
            "2026-11-20",
            "2026-11-21T00:00",
        ),
        (
            "2026-11-21T10:00",
            0,
            BusinessDays,
            "2026-11-23",
            "2026-11-24T00:00",
        ),
        (
            "2026-11-21T10:00",
            1,
            BusinessDays,
            "2026-11-23",
            "2026-11-24T00:00",
        ),
    ];
    for (now, amount, unit, day, after) in table {
        let due = ask(now, amount, unit, None);
        let expected = (utc(after).as_millis() - 1, Some(day));
        assert_eq!(shown(&due), expected, "{now} {amount} {unit:?}");
        assert_eq!(due.check(), Ok(()));
    }
}

#[test]
fn business_hours_count_while_business_is_open() {
    let open = |day, from: u32, to: u32| Hours {
        day,
        from: from * 60,
        to: to * 60,
    };
    // Monday to Friday, nine to five, but for Lisbon's Wednesday with a break
    // that the table's second stretch overlaps.
    let weekdays = None;
    let broken = Some(vec![open(3, 9, 12), open(3, 11, 13), open(3, 14, 15)]);
    let sunday = Some(vec![open(7, 0, 4)]);
    let table = [
        ("2026-11-20T10:00", 2, &weekdays, "2026-11-20T12:00"),
        ("2026-11-20T16:00", 2, &weekdays, "2026-11-23T10:00"),
        // Up to the end of the day, and not to the next morning.
        ("2026-11-20T16:00", 1, &weekdays, "2026-11-20T17:00"),
        ("2026-11-20T20:00", 1, &weekdays, "2026-11-23T10:00"),
        ("2026-11-21T10:00", 17, &weekdays, "2026-11-25T10:00"),
        // None at all is the next moment of business.
        ("2026-11-21T10:00", 0, &weekdays, "2026-11-23T09:00"),
        // Clocks go back over the weekend: nine is an hour later.
        ("2026-10-23T15:00", 2, &weekdays, "2026-10-26T10:00"),
        // Wednesday: four hours until one, one after the break.
        ("2026-11-18T09:00", 4, &broken, "2026-11-18T13:00"),
        ("2026-11-18T09:00", 5, &broken, "2026-11-18T15:00"),
        ("2026-11-18T09:00", 6, &broken, "2026-11-25T10:00"),
        // From midnight to four there are three hours when clocks go forward,
        // and five when they go back.
        ("2026-03-28T12:00", 3, &sunday, "2026-03-29T03:00"),
        ("2026-10-24T12:00", 5, &sunday, "2026-10-25T04:00"),
    ];
    for (now, amount, hours, expected) in table {
        let due = ask(now, amount, DueUnit::BusinessHours, hours.clone());
        let expected = (utc(expected).as_millis(), None);
        assert_eq!(shown(&due), expected, "{now} {amount}");
    }
}

#[test]
fn without_business_hours_every_day_and_hour_counts() {
    let day = ask(
        "2026-11-20T10:00",
        2,
        DueUnit::BusinessDays,
        Some(Vec::new()),
    );
    assert_eq!(day.day.as_deref(), Some("2026-11-22"));
    let hour = ask(
        "2026-11-20T23:00",
        2,
        DueUnit::BusinessHours,
        Some(Vec::new()),
    );
    assert_eq!(hour.at, utc("2026-11-21T01:00"));
}

#[test]
fn times_that_come_twice_or_never_are_taken_as_people_do() {
    let offsets = lisbon();
    let clock = Clock(&offsets);
    let day = |at: &str| clock.day(utc(at));
    // 01:30 comes twice on this day; the first is meant.
    let twice = clock.moment(day("2026-10-25T12:00"), 90);
    assert_eq!(twice, utc("2026-10-25T00:30"));
    // 01:30 is left out on this day.
    let never = clock.moment(day("2026-03-29T12:00"), 90);
    assert_eq!(never, utc("2026-03-29T01:30"));
    // Without offsets, local time is UTC.
    assert_eq!(Clock(&[]).day(utc("1970-01-02T00:00")), 1);
}

#[test]
fn the_longest_way_ends() {
    let minute = Hours {
        day: 7,
        from: 0,
        to: 1,
    };
    for unit in [
        DueUnit::Minutes,
        DueUnit::Hours,
        DueUnit::Days,
        DueUnit::BusinessDays,
        DueUnit::BusinessHours,
    ] {
        let most = ask("2026-11-20T10:00", MOST, unit, Some(vec![minute]));
        let more = ask("2026-11-20T10:00", u32::MAX, unit, Some(vec![minute]));
        assert_eq!(most, more, "{unit:?}");
        assert!(most.at > utc("2026-11-20T10:00"));
    }
}
