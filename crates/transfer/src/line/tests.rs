//! A line by itself, with waits of a few milliseconds.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const OPTIONS: LineOptions = LineOptions {
    gap: Duration::from_millis(40),
    longest_wait: Duration::from_millis(400),
    storm: Duration::from_secs(5),
    first_look: Duration::from_millis(20),
    last_look: Duration::from_millis(60),
};

/// Sets out, has this news, and says how long it had to wait and who pays.
async fn request(line: &Line, news: News) -> (Duration, Blame) {
    let begin = Instant::now();
    let ticket = loop {
        line.clear().await;
        if let Some(ticket) = line.enter() {
            break ticket;
        }
    };
    let waited = begin.elapsed();
    (waited, line.heard(&news, ticket.since, true, None))
}

fn state(line: &Line) -> LineState {
    line.status().state
}

#[tokio::test]
async fn n11_a_storm_is_waited_out_slowly_and_left_at_full_width() {
    let line = Line::new(OPTIONS, 8);
    assert_eq!(request(&line, News::Throttled(Duration::ZERO)).await.1, Blame::Storm);
    assert_eq!(state(&line), LineState::Busy);
    let begin = Instant::now();
    for _ in 0..5 {
        request(&line, News::Throttled(Duration::ZERO)).await;
    }
    assert!(begin.elapsed() >= OPTIONS.gap * 5, "{:?}", begin.elapsed());
    let begin = Instant::now();
    while state(&line) != LineState::Open {
        request(&line, News::Answered).await;
    }
    assert!(begin.elapsed() < OPTIONS.gap * 4, "{:?}", begin.elapsed());
    assert!(request(&line, News::Answered).await.0 < OPTIONS.gap / 2);
}

#[tokio::test]
async fn n11_the_server_s_own_time_is_kept_within_reason() {
    let line = Line::new(OPTIONS, 8);
    request(&line, News::Throttled(Duration::from_millis(200))).await;
    assert!(request(&line, News::Answered).await.0 >= Duration::from_millis(190));
    request(&line, News::Throttled(Duration::from_hours(1))).await;
    assert!(request(&line, News::Answered).await.0 < Duration::from_secs(2));
}

#[tokio::test]
async fn one_object_that_cannot_be_read_is_no_storm() {
    let line = Line::new(OPTIONS, 8);
    for _ in 0..20 {
        let ticket = line.enter().unwrap();
        assert_eq!(line.heard(&News::Failed, ticket.since, false, None), Blame::Request);
    }
    assert_eq!(state(&line), LineState::Open);
    for _ in 0..FAILURES_OF_A_STORM {
        request(&line, News::Failed).await;
    }
    assert_eq!(state(&line), LineState::Busy);
}

#[tokio::test]
async fn n12_while_it_is_down_only_one_looks_and_all_go_on_when_it_is_up() {
    let line = Line::new(OPTIONS, 8);
    assert_eq!(request(&line, News::Unreachable).await.1, Blame::Outage);
    assert_eq!(state(&line), LineState::Down);
    assert!(line.enter().is_none(), "not before its time");
    line.clear().await;
    let looking = line.enter().unwrap();
    assert!(line.enter().is_none(), "one at a time");
    drop(looking);
    let looking = line.enter().unwrap();
    assert_eq!(
        line.heard(&News::Unreachable, looking.since, false, None),
        Blame::Outage
    );
    drop(looking);
    assert!(line.enter().is_none());
    assert!(request(&line, News::Answered).await.0 >= OPTIONS.first_look);
    assert_eq!(state(&line), LineState::Open);
}

#[tokio::test]
async fn n20_ended_credentials_hold_it_once_and_old_news_does_not_hold_it_again() {
    let line = Line::new(OPTIONS, 8);
    let mut changes = line.statuses();
    let tickets: Vec<_> = (0..4).map(|_| line.enter().unwrap()).collect();
    let (early, late) = tickets.split_at(3);
    for ticket in early {
        assert_eq!(line.heard(&News::Ended, ticket.since, true, None), Blame::Outage);
    }
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(state(&line), LineState::Held);
    assert!(tokio::time::timeout(OPTIONS.gap, line.clear()).await.is_err());
    line.release();
    line.heard(&News::Ended, late[0].since, true, None);
    assert_eq!(state(&line), LineState::Open, "that was the old key");
    assert!(request(&line, News::Answered).await.0 < OPTIONS.gap);
}
