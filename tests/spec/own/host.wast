;; host.wast - what the host gives: functions, globals, a memory, a table.
;;
;; SPDX-License-Identifier: Apache-2.0

;; Asking for less than there is: the host's sizes count.
(module
  (import "spectest" "memory" (memory 0))
  (import "spectest" "table" (table 0 funcref))
  (func (export "sizes") (result i32 i32) (memory.size) (table.size 0)))
(assert_return (invoke "sizes") (i32.const 1) (i32.const 10))

(module
  (import "spectest" "print" (func $print))
  (import "spectest" "print_f64_f64" (func $print2 (param f64 f64)))
  (import "spectest" "global_f32" (global $g f32))
  (import "spectest" "memory" (memory 1 2))
  (import "spectest" "table" (table 10 20 funcref))
  (data (i32.const 65535) "x")
  (elem (i32.const 9) $print)
  (func (export "print") (call $print)
    (call $print2 (f64.const 1) (f64.const 2)))
  (func (export "global") (result f32) (global.get $g))
  (func (export "load") (param i32) (result i32)
    (i32.load8_u (local.get 0)))
  (func (export "sizes") (result i32 i32) (memory.size) (table.size 0))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0)))
  (func (export "table-grow") (param i32) (result i32)
    (table.grow 0 (ref.null func) (local.get 0)))
  (func (export "indirect") (param i32) (call_indirect (local.get 0))))

(assert_return (invoke "print"))
(assert_return (invoke "global") (f32.const 666.6))
(assert_return (invoke "load" (i32.const 65535)) (i32.const 0x78))
(assert_trap (invoke "load" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "sizes") (i32.const 1) (i32.const 10))
(assert_return (invoke "grow" (i32.const 2)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "table-grow" (i32.const 11)) (i32.const -1))
(assert_return (invoke "table-grow" (i32.const 10)) (i32.const 10))
(assert_return (invoke "sizes") (i32.const 2) (i32.const 20))
(assert_return (invoke "indirect" (i32.const 9)))
(assert_trap (invoke "indirect" (i32.const 8)) "uninitialized element")
(assert_trap (invoke "indirect" (i32.const 20)) "undefined element")
