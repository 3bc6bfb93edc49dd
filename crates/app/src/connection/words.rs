//! The answers of a connection test, in words: what happened, why, one way on.

use std::time::Duration;

use dipper_storage::{Addressing, CertificateInfo, Config, Diagnosis, Outcome, Scheme, SignatureVersion};

use super::{Certificate, ConnectionOutcome, ConnectionReport, Tone};
use crate::error::Error;

/// Beyond this the clock is worth a word; signed requests are refused beyond fifteen minutes.
const SKEW_WORTH_A_WORD: i64 = 60;

/// The heart of a report: how it ended, how it is meant, the line, the text.
type Words = (ConnectionOutcome, Tone, String, String);

pub(super) fn report(config: &Config, diagnosis: Diagnosis) -> ConnectionReport {
    let (outcome, tone, title, text) = words(config, &diagnosis);
    let (buckets, certificate, server_answer) = match diagnosis.outcome {
        Outcome::Connected { bucket_count, .. } => (u64::try_from(bucket_count).ok(), None, None),
        Outcome::CertificateNotTrusted { certificate, reason } => (None, certificate.and_then(shown), Some(reason)),
        Outcome::NotS3 { what } => (None, None, Some(what)),
        Outcome::Other(error) => (None, None, answer(&Error::from(error))),
        _ => (None, None, None),
    };
    ConnectionReport {
        outcome,
        tone,
        title,
        text,
        server_answer,
        buckets,
        elapsed_ms: u64::try_from(diagnosis.elapsed.as_millis()).unwrap_or(u64::MAX),
        skew_seconds: diagnosis.skew_seconds,
        suggested_project_id: diagnosis.suggested_project_id,
        certificate,
    }
}

fn words(config: &Config, diagnosis: &Diagnosis) -> Words {
    let host = &config.endpoint.host;
    let place = format!("{host}:{}", config.endpoint.effective_port());
    match &diagnosis.outcome {
        Outcome::Connected { bucket_count, .. } => connected(config, diagnosis, *bucket_count),
        Outcome::ClockWrong { skew_seconds } => clock_wrong(*skew_seconds),
        Outcome::Other(error) => other(&Error::from(error.clone())),
        Outcome::WrongAccessKey => bad(
            ConnectionOutcome::WrongAccessKey,
            "The server doesn’t know this access key".to_owned(),
            "Copy the access key ID again from your provider’s credentials page, and check that the endpoint is the right one for it.",
        ),
        Outcome::WrongSecret => bad(
            ConnectionOutcome::WrongSecret,
            "The secret key doesn’t match this access key".to_owned(),
            "The server knows the access key but refused the signature. Copy the secret again, it is often cut short when pasted.",
        ),
        Outcome::NameNotFound => bad(
            ConnectionOutcome::NameNotFound,
            format!("Can’t find {host}"),
            "No such name in DNS. Check the spelling of the endpoint, without the bucket name. Are you on the right network or VPN?",
        ),
        Outcome::Refused => bad(
            ConnectionOutcome::Refused,
            format!("Nothing answers at {place}"),
            "The connection was refused. Check the port, and whether the server is running.",
        ),
        Outcome::TimedOut => bad(
            ConnectionOutcome::TimedOut,
            format!("{place} doesn’t answer"),
            "A firewall may be in the way, or the port is wrong. Are you on the right network or VPN?",
        ),
        Outcome::ServerSpeaksPlainHttp => bad(
            ConnectionOutcome::PlainHttp,
            format!("{place} doesn’t speak TLS"),
            "The server answers this port without encryption. Use its TLS port, or turn secure transfer off.",
        ),
        Outcome::ServerWantsTls => bad(
            ConnectionOutcome::NeedsTls,
            format!("{place} wants secure transfer"),
            "The server takes only encrypted connections on this port. Turn secure transfer (SSL/TLS) on.",
        ),
        Outcome::NotS3 { .. } => bad(
            ConnectionOutcome::NotS3,
            format!("{place} isn’t an S3 server"),
            "Something answers there, but not in the words of S3. Check the endpoint and the port; a console’s address is not the endpoint.",
        ),
        Outcome::CertificateNotTrusted { .. } => (
            ConnectionOutcome::CertificateNotTrusted,
            Tone::Note,
            "This server’s certificate isn’t trusted".to_owned(),
            "Choose the CA file of your provider. Trust the certificate itself only if you can compare its SHA-256 with the server’s.".to_owned(),
        ),
        Outcome::ListingDenied => (
            ConnectionOutcome::ListingDenied,
            Tone::Info,
            "The keys work, but may not list buckets".to_owned(),
            "That is common for keys limited to one bucket. Add the account and name the buckets you may open.".to_owned(),
        ),
    }
}

fn bad(outcome: ConnectionOutcome, title: String, text: &str) -> Words {
    (outcome, Tone::Bad, title, text.to_owned())
}

fn connected(config: &Config, diagnosis: &Diagnosis, buckets: usize) -> Words {
    let endpoint = &config.endpoint;
    let on_this_computer = matches!(endpoint.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    if endpoint.scheme == Scheme::Http && !on_this_computer {
        let text = "Anyone on the network path can read and change what you send. Use it only on a network you trust.";
        let title = "Connected, but nothing is encrypted on the way".to_owned();
        return (ConnectionOutcome::Connected, Tone::Note, title, text.to_owned());
    }
    let buckets = if buckets == 1 {
        "1 bucket".to_owned()
    } else {
        format!("{buckets} buckets")
    };
    let title = format!("Connected: {buckets} in {}", elapsed(diagnosis.elapsed));
    let way = match (&diagnosis.tls_version, config.pinned_certificate_sha256) {
        (Some(version), Some(_)) => format!("{version} with the certificate you trust"),
        (Some(version), None) => format!("{version} with a trusted certificate"),
        (None, _) if on_this_computer => "On this computer".to_owned(),
        (None, _) => "Encrypted".to_owned(),
    };
    let signature = match config.signature {
        SignatureVersion::V4 => "signature V4",
        SignatureVersion::V2 => "signature V2",
    };
    let addressing = match config.addressing {
        Addressing::Path => ", path style",
        Addressing::VirtualHost => ", virtual host style",
        Addressing::Auto => "",
    };
    let clock = match diagnosis.skew_seconds {
        Some(skew) if skew.abs() >= SKEW_WORTH_A_WORD => format!(", your clock is {}", against_server(skew)),
        Some(_) => ", clock in step".to_owned(),
        None => String::new(),
    };
    (
        ConnectionOutcome::Connected,
        Tone::Ok,
        title,
        format!("{way}, {signature}{addressing}{clock}."),
    )
}

fn clock_wrong(skew: i64) -> Words {
    let title = format!("Your clock is {}", against_server(skew));
    let text = "Signed requests are refused beyond 15 minutes. Set this computer’s clock, then try again.";
    (ConnectionOutcome::ClockWrong, Tone::Note, title, text.to_owned())
}

fn other(error: &Error) -> Words {
    let text = error
        .hint()
        .unwrap_or("Try again. If it stays, the server’s answer helps its operators.")
        .to_owned();
    (ConnectionOutcome::Other, Tone::Bad, error.to_string(), text)
}

/// "17 minutes behind the server"; `skew` is our clock minus the server's.
fn against_server(skew: i64) -> String {
    let seconds = skew.unsigned_abs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    let side = if skew < 0 { "behind" } else { "ahead of" };
    format!("{count} {unit}{plural} {side} the server")
}

fn elapsed(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    if milliseconds < 10_000 {
        format!("{milliseconds} ms")
    } else {
        format!("{} s", elapsed.as_secs())
    }
}

fn answer(error: &Error) -> Option<String> {
    let parts = [
        error.status().map(|status| format!("Status {status}")),
        error.s3_code().map(str::to_owned),
        error.server_message().map(str::to_owned),
        error.request_id().map(|id| format!("request {id}")),
    ];
    let words: Vec<_> = parts.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// A certificate whose dates cannot be read is not one to offer for trusting.
fn shown(certificate: CertificateInfo) -> Option<Certificate> {
    Some(Certificate {
        not_before: certificate.not_before?,
        not_after: certificate.not_after?,
        subject: certificate.subject,
        issuer: certificate.issuer,
        sha256: hex::encode(certificate.sha256),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_storage::Endpoint;

    use super::*;

    fn told(url: &str, outcome: Outcome, skew_seconds: Option<i64>) -> ConnectionReport {
        let endpoint = Endpoint::parse(url, Scheme::Https).unwrap();
        let tls_version = (endpoint.scheme == Scheme::Https).then(|| "TLS 1.3".to_owned());
        let mut config = Config::new(endpoint);
        config.addressing = Addressing::Path;
        let elapsed = Duration::from_millis(212);
        report(
            &config,
            Diagnosis {
                outcome,
                elapsed,
                tls_version,
                skew_seconds,
                suggested_project_id: None,
            },
        )
    }

    fn connected_to(url: &str, skew: Option<i64>) -> ConnectionReport {
        told(
            url,
            Outcome::Connected {
                bucket_count: 9,
                owner: None,
            },
            skew,
        )
    }

    #[test]
    fn success_says_how_it_is_connected() {
        let report = connected_to("objects.example.net:8080", Some(1));
        assert_eq!(report.title, "Connected: 9 buckets in 212 ms");
        assert_eq!(
            report.text,
            "TLS 1.3 with a trusted certificate, signature V4, path style, clock in step."
        );
        assert_eq!(
            (report.outcome, report.tone, report.buckets),
            (ConnectionOutcome::Connected, Tone::Ok, Some(9))
        );
    }

    #[test]
    fn plain_http_is_a_warning_except_on_this_computer() {
        let report = connected_to("http://objects.example.net:8080", Some(0));
        assert_eq!(report.title, "Connected, but nothing is encrypted on the way");
        assert_eq!(
            (report.outcome, report.tone),
            (ConnectionOutcome::Connected, Tone::Note)
        );
        let report = connected_to("http://127.0.0.1:9000", Some(-90));
        assert_eq!(report.tone, Tone::Ok);
        assert_eq!(
            report.text,
            "On this computer, signature V4, path style, your clock is 1 minute behind the server."
        );
    }

    #[test]
    fn a_wrong_clock_says_by_how_much() {
        let title = |skew_seconds| told("a.example", Outcome::ClockWrong { skew_seconds }, None).title;
        assert_eq!(title(-17 * 60), "Your clock is 17 minutes behind the server");
        assert_eq!(title(16 * 60 + 5), "Your clock is 16 minutes ahead of the server");
        assert_eq!(title(-5 * 3_600), "Your clock is 5 hours behind the server");
        assert_eq!(title(365 * 86_400), "Your clock is 365 days ahead of the server");
    }

    #[test]
    fn the_host_that_is_not_found_is_named_without_its_port() {
        assert_eq!(
            told("objects.exmaple.net:8080", Outcome::NameNotFound, None).title,
            "Can’t find objects.exmaple.net"
        );
        assert_eq!(
            told("a.example", Outcome::Refused, None).title,
            "Nothing answers at a.example:443"
        );
    }

    #[test]
    fn a_certificate_is_shown_with_its_fingerprint() {
        let certificate = CertificateInfo {
            subject: "objects.example.net".into(),
            issuer: "Example Storage Internal CA".into(),
            sha256: [0x7a; 32],
            not_before: Some(time::OffsetDateTime::UNIX_EPOCH),
            not_after: Some(time::OffsetDateTime::UNIX_EPOCH),
        };
        let outcome = Outcome::CertificateNotTrusted {
            certificate: Some(certificate),
            reason: "unknown issuer".into(),
        };
        let report = told("objects.example.net", outcome, None);
        assert_eq!(report.certificate.unwrap().sha256, "7a".repeat(32));
        assert_eq!(
            (report.tone, report.server_answer.as_deref()),
            (Tone::Note, Some("unknown issuer"))
        );
    }
}
