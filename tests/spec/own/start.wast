;; start.wast - start functions, and modules that do not come to life.
;;
;; SPDX-License-Identifier: Apache-2.0

(module
  (memory 1)
  (data (i32.const 4) "\07")
  (global $g (mut i32) (i32.const 1))
  (func $go
    (global.set $g (i32.add (global.get $g) (i32.load8_u (i32.const 4))))
    (i32.store8 (i32.const 4) (i32.const 9)))
  (start $go)
  (func (export "get") (result i32 i32)
    (global.get $g) (i32.load8_u (i32.const 4))))
(assert_return (invoke "get") (i32.const 8) (i32.const 9))

(module (import "spectest" "print" (func $p)) (start $p))

(assert_trap (module (func $go (unreachable)) (start $go)) "unreachable")
(assert_trap
  (module (memory 1) (func $go (drop (i32.load (i32.const -1)))) (start $go))
  "out of bounds memory access")
(assert_trap
  (module (memory 1) (data (i32.const 65536) "x"))
  "out of bounds memory access")
(assert_trap
  (module (memory 1) (data (i32.const -1) "xy"))
  "out of bounds memory access")
(assert_trap
  (module (memory 0) (data (i32.const 1)))
  "out of bounds memory access")
(assert_trap
  (module (table 1 funcref) (func $f) (elem (i32.const 1) $f))
  "out of bounds table access")
(assert_trap
  (module (import "spectest" "global_i32" (global i32)) (table 666 funcref)
    (func $f) (elem (global.get 0) $f))
  "out of bounds table access")
(module (memory 1) (data (i32.const 65536)))
(module (memory 1) (data (i32.const 65535) "x"))
(module (table 1 funcref) (elem (i32.const 1)))
;; A segment that does not fit, and a start function that would not return.
(assert_trap
  (module (memory 1) (data (i32.const 65536) "x")
    (func $go (loop (br 0))) (start $go))
  "out of bounds memory access")
