;; 07-wasi.wat - a program for WASI, as a compiler would make it of
;;
;;     int main(void) {
;;         int file = open("note", O_CREAT | O_RDWR);
;;         write(file, buffer, read(0, buffer, 100));
;;         write(1, buffer, pread(file, buffer, 100, 0));
;;         return 7;
;;     }
;;
;; SPDX-License-Identifier: Apache-2.0
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread"
    (func $pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "note")
  ;; One buffer of 100 bytes at 1000, as WASI wants lists of buffers; how much
  ;; was moved is written over its length, for the next to move as much.
  (data (i32.const 16) "\e8\03\00\00\64\00\00\00")

  ;; What is not allowed is answered by an error number: then we give up.
  (func $must (param $error i32)
    (if (local.get $error) (then (call $exit (local.get $error)))))

  (func (export "_start")
    ;; Beneath descriptor 3, the first mount; make it, to read, seek and write.
    (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 0)
      (i32.const 4) (i32.const 1) (i64.const 0x46) (i64.const 0) (i32.const 0)
      (i32.const 8)))
    (call $must (call $read (i32.const 0) (i32.const 16) (i32.const 1)
      (i32.const 20)))
    (call $must (call $write (i32.load (i32.const 8)) (i32.const 16)
      (i32.const 1) (i32.const 20)))
    (call $must (call $pread (i32.load (i32.const 8)) (i32.const 16)
      (i32.const 1) (i64.const 0) (i32.const 20)))
    (call $must (call $write (i32.const 1) (i32.const 16) (i32.const 1)
      (i32.const 20)))
    (call $exit (i32.const 7))))
