;; invalid.wast - modules that must be refused.
;;
;; SPDX-License-Identifier: Apache-2.0

;; Types that do not fit.
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_invalid (module (func (result i32) (i64.const 0))) "type mismatch")
(assert_invalid (module (func (i32.const 0))) "type mismatch")
(assert_invalid (module (func (i32.add (i32.const 0)) (drop)))
  "type mismatch")
(assert_invalid
  (module (func (drop (i32.add (i32.const 0) (f32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (func (result i32) (if (result i32) (i32.const 1)
    (then (i32.const 1))))) "type mismatch")
(assert_invalid
  (module (func (block (result i32) (br 0)) (drop))) "type mismatch")
(assert_invalid
  (module (func (result i32)
    (select (i32.const 1) (i64.const 1) (i32.const 1)))) "type mismatch")
(assert_invalid
  (module (func (param externref) (result externref)
    (select (local.get 0) (local.get 0) (i32.const 1)))) "type mismatch")
(assert_invalid
  (module (func (result i32)
    (block (result i32) (block (result i64)
      (br_table 0 1 (i32.const 0) (i32.const 0)))
      (drop) (i32.const 0)))) "type mismatch")
(assert_invalid
  (module (func (unreachable) (i64.const 0) (i32.eqz) (drop)))
  "type mismatch")
(assert_invalid
  (module (func (loop (result i32) (br 0)) (i64.eqz) (drop)))
  "type mismatch")
(assert_invalid
  (module (memory 1) (func (drop (i32.load (i64.const 0)))))
  "type mismatch")
(assert_invalid
  (module (func (local v128) (drop (i32.eqz (local.get 0)))))
  "type mismatch")
(assert_invalid (module (func (param i32) (return))
  (func (result i32) (return_call 0 (i32.const 0)))) "type mismatch")

;; Things that are not there.
(assert_invalid (module (func (br 1))) "unknown label")
(assert_invalid (module (func (br_table 0 1 (i32.const 0)))) "unknown label")
(assert_invalid (module (func (drop (local.get 0)))) "unknown local")
(assert_invalid (module (func (drop (global.get 0)))) "unknown global")
(assert_invalid (module (func (call 1))) "unknown function")
(assert_invalid (module (func (drop (i32.load (i32.const 0)))))
  "unknown memory 0")
(assert_invalid (module (func (drop (memory.size)))) "unknown memory 0")
(assert_invalid (module (func (call_indirect (i32.const 0))))
  "unknown table 0")
(assert_invalid
  (module (table 1 funcref) (func (call_indirect (type 5) (i32.const 0))))
  "unknown type")
(assert_invalid (module (memory 1) (func (memory.init 0 (i32.const 0)
  (i32.const 0) (i32.const 0)))) "unknown data segment")
(assert_invalid (module (func (elem.drop 0))) "unknown elem segment 0")
(assert_invalid (module (start 3)) "unknown function")
(assert_invalid (module (export "a" (func 0))) "unknown function")
(assert_invalid (module (data (i32.const 0) "x")) "unknown memory 0")

;; Things that must not be.
(assert_invalid (module (memory 65537)) "memory size must be at most 65536")
(assert_invalid (module (memory 2 1)) "size minimum must not be greater")
(assert_invalid (module (table 2 1 funcref))
  "size minimum must not be greater")
(assert_invalid (module (func (param i32)) (start 0)) "start function")
(assert_invalid
  (module (func) (export "a" (func 0)) (export "a" (func 0)))
  "duplicate export name")
(assert_invalid
  (module (global i32 (i32.const 0)) (func (global.set 0 (i32.const 1))))
  "global is immutable")
(assert_invalid
  (module (memory 1) (func (drop (i32.load align=8 (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid (module (global i32 (i32.div_u (i32.const 1) (i32.const 1))))
  "constant expression required")
(assert_invalid (module (global i32 (i64.const 0))) "type mismatch")
(assert_invalid
  (module (global (mut i32) (i32.const 0)) (global i32 (global.get 0)))
  "constant expression required")
(assert_invalid (module (func $f (drop (ref.func $f))))
  "undeclared function reference")
(assert_invalid
  (module (func (drop (i8x16.extract_lane_s 16 (v128.const i64x2 0 0)))))
  "invalid lane index")
(assert_invalid
  (module (table 1 externref) (func) (elem (i32.const 0) 0))
  "type mismatch")

;; Bytes that are not a module.
(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00as") "unexpected end")
(assert_malformed (module binary "\00asn\01\00\00\00")
  "magic header not detected")
(assert_malformed (module binary "\00asm") "unexpected end")
(assert_malformed (module binary "\00asm\02\00\00\00")
  "unknown binary version")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\00")
  "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\05\01\60\00")
  "unexpected end")
;; A count that no bytes are left to back.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\05\ff\ff\ff\ff\0f")
  "unexpected end")
;; A number of more bytes than it may have.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\06\80\80\80\80\80\00")
  "integer representation too long")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\05\80\80\80\80\10")
  "integer too large")
;; Sections out of order, and twice.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\03\01\00" "\01\01\00")
  "unexpected content after last section")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\01\00" "\01\01\00")
  "unexpected content after last section")
;; A function without a body, and a body without a function.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00")
  "function and code section have inconsistent lengths")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\0a\04\01\02\00\0b")
  "function and code section have inconsistent lengths")
;; A body that goes on after its end, and one that does not end.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\0b\0b") "section size mismatch")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\04\01\02\00\01") "unexpected end")
;; More locals than 32 bits can count.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\10\01\0e\02\ff\ff\ff\ff\0f\7f\02\7e\0b\00\00\00\00")
  "too many locals")
;; An opcode that there is not; a name that is not UTF-8.
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\ff\0b") "illegal opcode")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\07\06\01\02\c3\28\00\00" "\0a\04\01\02\00\0b")
  "malformed UTF-8 encoding")
