//! "Test connection": tells apart everything that can be wrong with an account.

use std::time::{Duration, Instant};

use aws_smithy_types::body::SdkBody;
use http::Request;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::acl::Owner;
use crate::buckets::BucketList;
use crate::client::Client;
use crate::config::{Config, Timeouts};
use crate::endpoint::{Endpoint, Scheme};
use crate::error::{Error, ErrorKind};
use crate::transport::{Answer, Fault, Tag, Transport, find};

/// How long the second look at a port may take.
const QUICK: Duration = Duration::from_secs(3);
/// Signatures are good for 15 minutes on either side.
const MAX_SKEW_SECONDS: i64 = 900;

/// What a test of the connection found.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The result.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
    /// `TLS 1.3`, when the connection is encrypted.
    pub tls_version: Option<String>,
    /// This computer's clock minus the server's, in seconds, where the server told its time.
    pub skew_seconds: Option<i64>,
    /// The tenant, when the owner's id looks like `tenant$user`.
    pub suggested_project_id: Option<String>,
}

/// What is right or wrong with an account.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It works.
    Connected {
        /// How many buckets there are.
        bucket_count: usize,
        /// Who owns them.
        owner: Option<Owner>,
    },
    /// The server does not know the access key.
    WrongAccessKey,
    /// The secret does not belong to the access key.
    WrongSecret,
    /// The host's name leads nowhere.
    NameNotFound,
    /// Nothing listens at that address and port.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The server's certificate is not trusted.
    CertificateNotTrusted {
        /// The certificate it showed.
        certificate: Option<CertificateInfo>,
        /// Why it is not trusted.
        reason: String,
    },
    /// The clocks differ too much for signatures to be accepted.
    ClockWrong {
        /// This computer's clock minus the server's.
        skew_seconds: i64,
    },
    /// The credentials are right and may not list buckets; one can be added by name.
    ListingDenied,
    /// Something answers, and it is not S3.
    NotS3 {
        /// What it looks like.
        what: String,
    },
    /// `https` was asked of a port that speaks plain HTTP.
    ServerSpeaksPlainHttp,
    /// `http` was asked of a port that speaks TLS.
    ServerWantsTls,
    /// Something else.
    Other(Error),
}

/// The certificate that a server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateInfo {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Its SHA-256, for pinning.
    pub sha256: [u8; 32],
    /// Valid from.
    pub not_before: Option<OffsetDateTime>,
    /// Valid until.
    pub not_after: Option<OffsetDateTime>,
}

impl Client {
    /// Tries to connect and to list the buckets, and says what stands in the way.
    pub async fn diagnose(&self) -> Diagnosis {
        let started = Instant::now();
        let (outcome, skew_seconds, owner) = match self.list_buckets_with_skew().await {
            Ok((list, skew)) => (connected(&list, skew), skew, list.owner),
            Err(error) => {
                let skew = error.clock_skew();
                (self.explain(error).await, skew, None)
            }
        };
        let suggested_project_id = owner.as_ref().and_then(tenant_of);
        let tls_version = self.transport().handshake().version().map(str::to_owned);
        Diagnosis {
            outcome,
            elapsed: started.elapsed(),
            tls_version,
            skew_seconds,
            suggested_project_id,
        }
    }

    async fn explain(&self, error: Error) -> Outcome {
        if let Some(fault) = find::<Fault>(&error) {
            let fault = fault.clone();
            return self.explain_fault(fault, error).await;
        }
        match (error.kind(), error.s3_code()) {
            (_, Some("SignatureDoesNotMatch")) => Outcome::WrongSecret,
            (ErrorKind::ClockSkew, _) if error.clock_skew().is_some() => Outcome::ClockWrong {
                skew_seconds: error.clock_skew().unwrap_or_default(),
            },
            (ErrorKind::InvalidCredentials, Some("InvalidAccessKeyId" | "NotSignedUp")) => Outcome::WrongAccessKey,
            (ErrorKind::AccessDenied, Some(_)) => Outcome::ListingDenied,
            _ => self.explain_answer(error).await,
        }
    }

    /// An answer that S3 would not give. Web servers say in many ways that TLS was expected, so this asks again with TLS.
    async fn explain_answer(&self, error: Error) -> Outcome {
        let strange = error.not_s3().is_some() || error.s3_code().is_none();
        if !strange {
            return Outcome::Other(error);
        }
        if self.config().endpoint.scheme == Scheme::Http
            && error.status() == Some(400)
            && self.answers(Scheme::Https).await
        {
            return Outcome::ServerWantsTls;
        }
        match (error.not_s3(), error.status()) {
            (Some(what), _) => Outcome::NotS3 { what: what.to_owned() },
            (None, Some(status @ (200..=399 | 404 | 405))) => Outcome::NotS3 {
                what: format!("HTTP status {status}"),
            },
            _ => Outcome::Other(error),
        }
    }

    async fn explain_fault(&self, fault: Fault, error: Error) -> Outcome {
        let scheme = self.config().endpoint.scheme;
        match fault {
            Fault::NameNotFound(_) => Outcome::NameNotFound,
            Fault::Refused => Outcome::Refused,
            Fault::Certificate(reason) => {
                let certificate = self
                    .transport()
                    .handshake()
                    .leaf()
                    .and_then(|der| CertificateInfo::read(&der));
                Outcome::CertificateNotTrusted { certificate, reason }
            }
            Fault::NotTls | Fault::Broken(_) | Fault::Tls(_) | Fault::ConnectTimeout | Fault::Timeout
                if scheme == Scheme::Https && self.answers(Scheme::Http).await =>
            {
                Outcome::ServerSpeaksPlainHttp
            }
            Fault::NotHttp | Fault::Broken(_) | Fault::Timeout
                if scheme == Scheme::Http && self.answers(Scheme::Https).await =>
            {
                Outcome::ServerWantsTls
            }
            Fault::ConnectTimeout | Fault::Timeout => Outcome::TimedOut,
            Fault::NotTls | Fault::NotHttp => Outcome::NotS3 {
                what: "something that is not HTTP".to_owned(),
            },
            _ => Outcome::Other(error),
        }
    }

    /// Whether the same port answers when spoken to with this scheme. A certificate that is not trusted is an answer.
    async fn answers(&self, scheme: Scheme) -> bool {
        let config = self.config();
        let port = Some(config.endpoint.effective_port());
        let endpoint = Endpoint {
            scheme,
            port,
            ..config.endpoint.clone()
        };
        let timeouts = Timeouts {
            connect: QUICK,
            first_byte: QUICK,
            idle: QUICK,
            slow_operation: QUICK,
            crawl: QUICK,
        };
        let config = Config {
            endpoint,
            timeouts,
            ..config.clone()
        };
        let url = format!("{}/", config.endpoint);
        let (Ok(transport), Ok(request)) = (Transport::new(&config), Request::get(url).body(SdkBody::empty())) else {
            return false;
        };
        let tag = Tag {
            operation: "Diagnose",
            bucket: None,
            key: None,
            answer: Answer::Document,
        };
        matches!(transport.send(request, &tag).await, Ok(_) | Err(Fault::Certificate(_)))
    }
}

/// The SDK adjusts its requests to a server's clock once it was refused for the time; links are made by this computer's
/// clock and would still fail.
fn connected(list: &BucketList, skew: Option<i64>) -> Outcome {
    match skew {
        Some(skew_seconds) if skew_seconds.abs() > MAX_SKEW_SECONDS => Outcome::ClockWrong { skew_seconds },
        _ => Outcome::Connected {
            bucket_count: list.buckets.len(),
            owner: list.owner.clone(),
        },
    }
}

/// `tenant$user` is how Ceph RGW writes its owners.
fn tenant_of(owner: &Owner) -> Option<String> {
    let (tenant, user) = owner.id.split_once('$')?;
    (!tenant.is_empty() && !user.is_empty()).then(|| tenant.to_owned())
}

impl CertificateInfo {
    /// Reads a certificate; `None` if it is none.
    fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let moment = |time: &x509_parser::time::ASN1Time| OffsetDateTime::from_unix_timestamp(time.timestamp()).ok();
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            sha256: Sha256::digest(der).into(),
            not_before: moment(&certificate.validity().not_before),
            not_after: moment(&certificate.validity().not_after),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_read_from_the_owner() {
        let of = |id: &str| {
            tenant_of(&Owner {
                id: id.to_owned(),
                display_name: None,
            })
        };
        assert_eq!(of("0123abcd$user").as_deref(), Some("0123abcd"));
        assert_eq!(of("$user"), None);
        assert_eq!(of("tenant$"), None);
        assert_eq!(of("0123abcd"), None);
    }
}
