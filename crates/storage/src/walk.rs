//! Walking from page to page of a listing, and noticing when the server leads in a circle: whoever loops over pages ends.

use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};

/// A walk over places that a server names, be they tokens or markers.
///
/// It remembers one of them, however many there are, and puts a later one in its place after 1, 2, 4, 8… pages (Brent's
/// way). So a circle of any length is noticed, at the latest after a few times as many pages as there are different ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Walk<T> {
    remembered: Option<T>,
    stride: u64,
    left: u64,
}

impl<T> Default for Walk<T> {
    fn default() -> Self {
        Self {
            remembered: None,
            stride: 0,
            left: 0,
        }
    }
}

impl<T: Clone + PartialEq> Walk<T> {
    /// Takes note of where the next page begins. `Corrupt` if the walk was there before.
    pub(crate) fn goes_on_at(&mut self, place: &T, call: &Call) -> Result<()> {
        if self.returns_to(place) {
            return Err(repeated(call));
        }
        Ok(())
    }

    fn returns_to(&mut self, place: &T) -> bool {
        if self.remembered.as_ref() == Some(place) {
            return true;
        }
        if self.left == 0 {
            self.remembered = Some(place.clone());
            self.stride = self.stride.saturating_mul(2).max(1);
            self.left = self.stride;
        }
        self.left -= 1;
        false
    }
}

/// A server that does not go on.
pub(crate) fn repeated(call: &Call) -> Error {
    call.error(ErrorKind::Corrupt)
        .with_detail("the server repeats the same page of the list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circle_is_noticed_and_nothing_else() {
        for (straight, circle) in (0..40).flat_map(|straight| (1..40).map(move |circle| (straight, circle))) {
            let mut walk = Walk::default();
            let place = |page| {
                if page < straight {
                    page
                } else {
                    straight + (page - straight) % circle
                }
            };
            let pages = (0..1000).take_while(|page| !walk.returns_to(&place(*page))).count();
            assert!(pages >= straight + circle, "{straight} + {circle}: ended after {pages}");
            assert!(
                pages <= 4 * (straight + circle),
                "{straight} + {circle}: ended after {pages}"
            );
        }
        let mut walk = Walk::default();
        assert!((0..10_000).all(|page| !walk.returns_to(&page)));
    }
}
