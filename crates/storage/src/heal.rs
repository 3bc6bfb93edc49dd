//! What a server's refusal teaches: that our clock is wrong, or that a bucket is in another region. Then, and only then, the
//! same request is made once more.
//!
//! Nothing a server says changes *where* requests go, except the region's part of Amazon's own host names: neither
//! `Location` nor `<Endpoint>` is read, so no credentials and no signature leave for another host.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use aws_smithy_types::retry::ErrorKind;

use crate::endpoint::Endpoint;
use crate::names::BucketName;
use crate::transport::error_code;

/// The longest name of a region that is believed; real ones have up to 20 letters.
const LONGEST_REGION: usize = 32;

/// What an answer is about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The bucket.
    pub(crate) bucket: BucketName,
    /// Which region it was known to be in when the request set out.
    pub(crate) region: Option<String>,
}

/// The regions of buckets that are not in the account's own. Clones share what was learned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Regions(Arc<RwLock<HashMap<String, String>>>);

impl Regions {
    /// The region that was learned for a bucket.
    pub(crate) fn of(&self, bucket: &str) -> Option<String> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(bucket)
            .cloned()
    }

    /// Learns from an answer; true if it was news to the request. It may be asked more than once about the same answer.
    fn learn(&self, response: &HttpResponse) -> bool {
        let (Some(about), Some(region)) = (
            response.extension::<About>(),
            response.headers().get("x-amz-bucket-region"),
        ) else {
            return false;
        };
        let is_region = (1..=LONGEST_REGION).contains(&region.len())
            && region
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_region {
            return false;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(about.bucket.as_str().to_owned(), region.to_owned());
        about.region.as_deref() != Some(region)
    }
}

/// The endpoint for another region: the same one, except that Amazon's has the region in its name.
pub(crate) fn endpoint_in(endpoint: &Endpoint, region: &str) -> Endpoint {
    let mut endpoint = endpoint.clone();
    for family in [".amazonaws.com.cn", ".amazonaws.com"] {
        let Some(front) = endpoint.host.strip_suffix(family) else {
            continue;
        };
        if front == "s3" || front.strip_prefix("s3.").is_some_and(|region| !region.contains('.')) {
            endpoint.host = format!("s3.{region}{family}");
        }
        break;
    }
    endpoint
}

/// Lets the SDK try again what was healed, and nothing else.
#[derive(Debug)]
pub(crate) struct Healing(pub(crate) Regions);

impl ClassifyRetry for Healing {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else {
            return RetryAction::RetryForbidden;
        };
        let code = response.body().bytes().and_then(error_code);
        match (response.status().as_u16(), code.as_deref()) {
            // The SDK measures the clocks itself, and signs by the server's the next time.
            (403, Some("RequestTimeTooSkewed" | "RequestExpired")) => RetryAction::NoActionIndicated,
            (301 | 307 | 308, _) | (400, None | Some("AuthorizationHeaderMalformed")) if self.0.learn(response) => {
                RetryAction::retryable_error(ErrorKind::ClientError)
            }
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "Healing"
    }

    /// Before all others: what is forbidden first stays so.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::run_before(
            RetryClassifierPriority::modeled_as_retryable_classifier(),
        ))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::endpoint::Scheme;

    #[test]
    fn only_amazon_s_own_names_change_with_the_region() {
        let of = |host: &str| {
            let endpoint = Endpoint::parse(host, Scheme::Https).unwrap();
            endpoint_in(&endpoint, "eu-west-1").host
        };
        assert_eq!(of("s3.amazonaws.com"), "s3.eu-west-1.amazonaws.com");
        assert_eq!(of("s3.us-east-2.amazonaws.com"), "s3.eu-west-1.amazonaws.com");
        assert_eq!(of("s3.cn-north-1.amazonaws.com.cn"), "s3.eu-west-1.amazonaws.com.cn");
        for other in ["objects.example.org", "vpce-1.s3.amazonaws.com", "127.0.0.1"] {
            assert_eq!(of(other), other);
        }
    }
}
