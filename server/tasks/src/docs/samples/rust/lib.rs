//! Counts things.
//!
//! Second paragraph.

mod hidden {
    pub fn unseen() {}
}

pub mod shapes {
    //! Shapes.

    /// A square.
    pub struct Square {
        /// How long a side is.
        pub side: f64,
        pub colour: u32,
        secret: u8,
    }

    impl Square {
        pub fn area(&self) -> f64 {
            self.side * self.side
        }

        fn helper(&self) {}
    }

    impl Clone for Square {
        fn clone(&self) -> Self {
            unimplemented!()
        }
    }
}

/// Adds.
///
/// # Arguments
///
/// * `left` - the first
/// * `rihgt` - the second
///
/// # Examples
///
/// ```
/// # use counts::add;
/// assert_eq!(add(1, 2), 3);
/// ```
pub fn add(left: u32, right: u32) -> u32 {
    left + right
}

/// What can happen.
#[non_exhaustive]
pub enum Event {
    /// It began.
    Began,
    Ended { code: i32 },
}

/// Something that speaks.
pub trait Speaks {
    /// Says something.
    fn say(&self, word: &str);
    fn shout(&self);
}

pub(crate) fn inside() {}

#[doc(hidden)]
pub fn not_for_you() {}

#[doc = "The answer."]
pub const ANSWER: u32 = 42;

pub type Pair = (u32, u32);

/// Says hello.
#[macro_export]
macro_rules! hello {
    () => {};
}

struct Private;

impl Private {
    pub fn new() -> Self {
        Private
    }
}

#[cfg(test)]
mod tests {
    pub fn helper() {}
}
