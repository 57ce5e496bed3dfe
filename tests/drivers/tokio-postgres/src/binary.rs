//! Types of values that the client does not bring itself: bytes as they came, and the binary
//! forms of intervals, times with a zone and numerics.

use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{to_sql_checked, FromSql, IsNull, ToSql, Type};

type Read<T> = Result<T, Box<dyn Error + Sync + Send>>;

/// A value of any type, as it is on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw(pub Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Read<Self> {
        Ok(Raw(raw.to_vec()))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Read<IsNull> {
        out.put_slice(&self.0);
        Ok(IsNull::No)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

fn array<const N: usize>(raw: &[u8], at: usize) -> Read<[u8; N]> {
    Ok(raw.get(at..at + N).ok_or("the value is cut short")?.try_into()?)
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub microseconds: i64,
}

impl<'a> FromSql<'a> for Interval {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Read<Self> {
        Ok(Interval {
            microseconds: i64::from_be_bytes(array(raw, 0)?),
            days: i32::from_be_bytes(array(raw, 8)?),
            months: i32::from_be_bytes(array(raw, 12)?),
        })
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::INTERVAL
    }
}

impl ToSql for Interval {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Read<IsNull> {
        out.put_i64(self.microseconds);
        out.put_i32(self.days);
        out.put_i32(self.months);
        Ok(IsNull::No)
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::INTERVAL
    }
    to_sql_checked!();
}

/// A time of day, and seconds west of Greenwich.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeTz {
    pub microseconds: i64,
    pub west: i32,
}

impl<'a> FromSql<'a> for TimeTz {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Read<Self> {
        Ok(TimeTz { microseconds: i64::from_be_bytes(array(raw, 0)?), west: i32::from_be_bytes(array(raw, 8)?) })
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMETZ
    }
}

impl ToSql for TimeTz {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Read<IsNull> {
        out.put_i64(self.microseconds);
        out.put_i32(self.west);
        Ok(IsNull::No)
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMETZ
    }
    to_sql_checked!();
}

/// A numeric in decimal digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeric(pub String);

const NEGATIVE: u16 = 0x4000;

impl<'a> FromSql<'a> for Numeric {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Read<Self> {
        let count = i16::from_be_bytes(array(raw, 0)?) as i32;
        let weight = i16::from_be_bytes(array(raw, 2)?) as i32;
        let sign = u16::from_be_bytes(array(raw, 4)?);
        let scale = i16::from_be_bytes(array(raw, 6)?) as usize;
        let group = |position: i32| -> Read<u16> {
            let index = weight - position;
            if index < 0 || index >= count {
                return Ok(0);
            }
            Ok(u16::from_be_bytes(array(raw, 8 + 2 * index as usize)?))
        };
        let mut whole = String::new();
        for position in (0..=weight.max(0)).rev() {
            whole += &format!("{:04}", group(position)?);
        }
        let mut fraction = String::new();
        for position in 1..=scale.div_ceil(4) as i32 {
            fraction += &format!("{:04}", group(-position)?);
        }
        fraction.truncate(scale);
        let whole = whole.trim_start_matches('0');
        let mut text = String::from(if sign == NEGATIVE { "-" } else { "" });
        text += if whole.is_empty() { "0" } else { whole };
        if scale > 0 {
            text += ".";
            text += &fraction;
        }
        Ok(Numeric(text))
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::NUMERIC
    }
}

impl ToSql for Numeric {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Read<IsNull> {
        let (negative, digits) = match self.0.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, self.0.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut padded = "0".repeat((4 - whole.len() % 4) % 4) + whole;
        let weight = (padded.len() / 4) as i16 - 1;
        padded += fraction;
        padded += &"0".repeat((4 - fraction.len() % 4) % 4);
        out.put_i16((padded.len() / 4) as i16);
        out.put_i16(weight);
        out.put_u16(if negative { NEGATIVE } else { 0 });
        out.put_i16(fraction.len() as i16);
        for start in (0..padded.len()).step_by(4) {
            out.put_u16(padded[start..start + 4].parse()?);
        }
        Ok(IsNull::No)
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::NUMERIC
    }
    to_sql_checked!();
}
