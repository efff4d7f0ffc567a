;; linking.wast - imports that fit, and those that do not.
;;
;; SPDX-License-Identifier: Apache-2.0

(module $A
  (global $n (mut i32) (i32.const 0))
  (global (export "const") i32 (i32.const 17))
  (global (export "big") i64 (i64.const -17))
  (memory (export "mem") 1 2)
  (func (export "inc") (param i32) (result i32)
    (global.set $n (i32.add (global.get $n) (local.get 0)))
    (global.get $n))
  (func (export "many") (param i32 i64 f32 f64 v128)
    (result v128 f64 f32 i64 i32)
    (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func (export "trap") (param i32) (result i32)
    (i32.div_s (i32.const 1) (local.get 0)))
  (func $deep (export "deep") (result i32)
    (i32.add (call $deep) (i32.const 1))))
(register "A" $A)

(module $B
  (import "A" "inc" (func $inc (param i32) (result i32)))
  (import "A" "many" (func $many (param i32 i64 f32 f64 v128)
    (result v128 f64 f32 i64 i32)))
  (import "A" "trap" (func $trap (param i32) (result i32)))
  (import "A" "deep" (func $deep (result i32)))
  (import "A" "const" (global $const i32))
  (import "A" "big" (global $big i64))
  (table funcref (elem $inc))
  (global $sum i32 (i32.add (global.get $const) (i32.const 3)))
  (func (export "inc-twice") (result i32)
    (drop (call $inc (i32.const 5)))
    (call_indirect (param i32) (result i32) (i32.const 6) (i32.const 0)))
  (func (export "many") (result v128 f64 f32 i64 i32)
    (call $many (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
      (v128.const i32x4 5 6 7 8)))
  (func (export "trap") (param i32) (result i32) (call $trap (local.get 0)))
  (func (export "deep") (result i32) (call $deep))
  (func (export "globals") (result i32 i64 i32)
    (global.get $const) (global.get $big) (global.get $sum))
  (export "inc-again" (func $inc)))

(assert_return (invoke "inc-twice") (i32.const 11))
(assert_return (invoke $A "inc" (i32.const 0)) (i32.const 11))
(assert_return (invoke $B "inc-again" (i32.const 1)) (i32.const 12))
(assert_return (invoke "many") (v128.const i32x4 5 6 7 8) (f64.const 4)
  (f32.const 3) (i64.const 2) (i32.const 1))
(assert_return (invoke "globals") (i32.const 17) (i64.const -17)
  (i32.const 20))
(assert_trap (invoke "trap" (i32.const 0)) "integer divide by zero")
(assert_return (invoke "trap" (i32.const 1)) (i32.const 1))
(assert_exhaustion (invoke "deep") "call stack exhausted")
(assert_return (get $A "const") (i32.const 17))

(assert_unlinkable
  (module (import "A" "nothing" (func))) "unknown import")
(assert_unlinkable
  (module (import "nobody" "inc" (func))) "unknown import")
(assert_unlinkable
  (module (import "spectest" "print_i33" (func))) "unknown import")
(assert_unlinkable
  (module (import "A" "inc" (func (param i64) (result i32))))
  "incompatible import type")
(assert_unlinkable
  (module (import "A" "inc" (func (param i32))))
  "incompatible import type")
(assert_unlinkable
  (module (import "A" "inc" (global i32))) "incompatible import type")
(assert_unlinkable
  (module (import "A" "const" (func))) "incompatible import type")
(assert_unlinkable
  (module (import "A" "const" (global i64))) "incompatible import type")
(assert_unlinkable
  (module (import "A" "mem" (table 1 funcref))) "incompatible import type")
(assert_unlinkable
  (module (import "A" "mem" (memory 2))) "incompatible import type")
(assert_unlinkable
  (module (import "A" "mem" (memory 1 1))) "incompatible import type")
(assert_unlinkable
  (module (import "spectest" "table" (table 11 funcref)))
  "incompatible import type")
(assert_unlinkable
  (module (import "spectest" "table" (table 10 19 funcref)))
  "incompatible import type")
(assert_unlinkable
  (module (import "spectest" "table" (table 10 externref)))
  "incompatible import type")
(assert_unlinkable
  (module (import "spectest" "memory" (memory 1 1)))
  "incompatible import type")
