//! Requests out of the bytes of a connection.

/// One request as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// Path and query, exactly as sent.
    pub target: String,
    /// Names and values in the order and spelling they were sent in.
    pub headers: Vec<(String, String)>,
    /// The body, out of its chunks if it came in chunks; nothing else is decoded.
    pub body: Vec<u8>,
    /// Headers after a chunked body.
    pub trailers: Vec<(String, String)>,
}

impl Recorded {
    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The target up to the question mark.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What follows the question mark, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// All complete requests at the beginning of `stream`; one that is still arriving is left out. The error says what was
/// not HTTP/1.1.
pub(super) fn requests(mut stream: &[u8]) -> Result<Vec<Recorded>, &'static str> {
    let mut requests = Vec::new();
    while let Some((request, rest)) = request(stream)? {
        requests.push(request);
        stream = rest;
    }
    Ok(requests)
}

type Headers = Vec<(String, String)>;
type Partial<'a, T> = Result<Option<(T, &'a [u8])>, &'static str>;

fn request(stream: &[u8]) -> Partial<'_, Recorded> {
    let Some((first, rest)) = line(stream) else {
        return Ok(None);
    };
    let first = text(first);
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1")) = (words.next(), words.next(), words.next()) else {
        return Err("a request's first line");
    };
    let Some((headers, rest)) = headers(rest)? else {
        return Ok(None);
    };
    let chunked = find(&headers, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let body = if chunked {
        chunks(rest)?
    } else {
        counted(rest, &headers)?
    };
    Ok(body.map(|((body, trailers), rest)| {
        (
            Recorded {
                method: method.into(),
                target: target.into(),
                headers,
                body,
                trailers,
            },
            rest,
        )
    }))
}

fn counted<'a>(stream: &'a [u8], headers: &Headers) -> Partial<'a, (Vec<u8>, Headers)> {
    let length = match find(headers, "content-length") {
        Some(value) => value.parse().map_err(|_| "a Content-Length")?,
        None => 0,
    };
    Ok(stream
        .split_at_checked(length)
        .map(|(body, rest)| ((body.to_vec(), Vec::new()), rest)))
}

fn chunks(mut stream: &[u8]) -> Partial<'_, (Vec<u8>, Headers)> {
    let mut body = Vec::new();
    loop {
        let Some((size, rest)) = line(stream) else {
            return Ok(None);
        };
        let size = text(size);
        let digits = size.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16).map_err(|_| "a chunk's size")?;
        if length == 0 {
            return Ok(headers(rest)?.map(|(trailers, rest)| ((body, trailers), rest)));
        }
        let Some((chunk, rest)) = rest.split_at_checked(length) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        let Some((end, rest)) = line(rest) else {
            return Ok(None);
        };
        if !end.is_empty() {
            return Err("a chunk's end");
        }
        stream = rest;
    }
}

/// Header lines up to and including the empty one.
fn headers(mut stream: &[u8]) -> Partial<'_, Headers> {
    let mut headers = Vec::new();
    loop {
        let Some((one, rest)) = line(stream) else {
            return Ok(None);
        };
        if one.is_empty() {
            return Ok(Some((headers, rest)));
        }
        let one = text(one);
        let (name, value) = one.split_once(':').ok_or("a header line")?;
        headers.push((name.to_owned(), value.trim().to_owned()));
        stream = rest;
    }
}

fn line(stream: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = stream.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&stream[..end], &stream[end + 2..]))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn find<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(one, _)| one.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const TWO: &[u8] = b"GET /a%20b?x HTTP/1.1\r\nHost: h\r\n\r\nPUT /k HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
        5;ext=1\r\nHello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n";

    #[test]
    fn counted_and_chunked_requests_follow_one_another() {
        let requests = requests(TWO).unwrap();
        assert_eq!((requests[0].path(), requests[0].query()), ("/a%20b", Some("x")));
        assert_eq!(requests[1].body, b"Hello!");
        assert_eq!(
            requests[1].trailers,
            [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]
        );
    }

    #[test]
    fn a_request_still_arriving_is_left_out() {
        for cut in 0..TWO.len() {
            let whole = requests(&TWO[..cut]).unwrap().len();
            assert_eq!(whole, usize::from(cut >= 34), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        requests(b"\x16\x03\x01 not http\r\n\r\n").unwrap_err();
        requests(b"PUT / HTTP/1.1\r\nContent-Length: many\r\n\r\n").unwrap_err();
    }
}
