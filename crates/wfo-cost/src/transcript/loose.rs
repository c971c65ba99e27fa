//! Values of JSON that may be of any type: the wanted one is taken, any other is as absent, and nothing fails but broken JSON.
//! Of a key that comes twice the last one counts, as in every JavaScript reader of the same files.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most tokens that one figure is believed to hold.
const MOST: u64 = 1 << 40;

/// A value made from whatever stands there.
pub(super) trait Loose<'de>: Sized {
    /// What stands for null and for each type that is not wanted.
    fn absent() -> Self;
    /// What stands for a text, number or truth value of a type that is not wanted.
    fn odd() -> Self {
        Self::absent()
    }
    /// From a text.
    fn text(_: Cow<'de, str>) -> Self {
        Self::odd()
    }
    /// From a truth value.
    fn flag(_: bool) -> Self {
        Self::odd()
    }
    /// From a whole number that is not negative.
    fn whole(_: u64) -> Self {
        Self::odd()
    }
    /// From an object.
    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::odd())
    }
    /// From a list.
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::odd())
    }
}

/// An object that takes the keys it knows.
pub(super) trait Fields<'de>: Default {
    /// Takes the value of `key` from the map; keys that are not known must be passed by with [`skip`].
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads the value that comes next.
pub(super) fn take<'de, T: Loose<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    map.next_value_seed(Any::<T>::new())
}

/// Passes by the value that comes next.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// Reads any value as a `T`.
pub(super) struct Any<T>(PhantomData<T>);

impl<T> Any<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Loose<'de>> DeserializeSeed<'de> for Any<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Loose<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::absent())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::whole(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Ok(u64::try_from(number).map_or_else(|_| T::odd(), T::whole))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let is_whole = number.fract() == 0.0 && (0.0..=MOST as f64).contains(&number);
        Ok(if is_whole { T::whole(number as u64) } else { T::odd() })
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        Ok(T::text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::object(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
}

/// A text, borrowed where it holds no escapes.
pub(super) type Text<'de> = Option<Cow<'de, str>>;

impl<'de> Loose<'de> for Text<'de> {
    fn absent() -> Self {
        None
    }

    fn text(text: Cow<'de, str>) -> Self {
        Some(text)
    }
}

impl Loose<'_> for Option<bool> {
    fn absent() -> Self {
        None
    }

    fn flag(flag: bool) -> Self {
        Some(flag)
    }
}

/// An object with the fields that are known.
pub(super) struct Object<T>(pub(super) Option<T>);

impl<'de, T: Fields<'de>> Loose<'de> for Object<T> {
    fn absent() -> Self {
        Self(None)
    }

    fn object<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key_seed(Any::<Text<'de>>::new())? {
            object.field(key.as_deref().unwrap_or_default(), &mut map)?;
        }
        Ok(Self(Some(object)))
    }
}

/// A number of tokens, or of searches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Figure {
    /// No such key, or null.
    #[default]
    Absent,
    /// A whole number that may be believed.
    Count(u64),
    /// Anything else: an amount that is not known, which is not the same as none.
    Unknown,
}

impl Loose<'_> for Figure {
    fn absent() -> Self {
        Self::Absent
    }

    fn odd() -> Self {
        Self::Unknown
    }

    fn whole(number: u64) -> Self {
        if number <= MOST { Self::Count(number) } else { Self::Unknown }
    }
}
