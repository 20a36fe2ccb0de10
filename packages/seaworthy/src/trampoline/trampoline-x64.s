# The trampoline: a program that makes any system call it is told to, and nothing else.
#
#   as trampoline-x64.s -o t.o && ld --oformat binary -Ttext=0x400000 t.o -o trampoline-x64
#   objdump -D -b binary -m i386:x86-64 --start-address=0xb0 trampoline-x64
#
# stdin:  records of 64 bytes { number, a0, a1, a2, a3, a4, a5, word }, each followed by `in` bytes for the scratch area.
# stdout: { word, result } of 16 bytes, each followed by the first `out` bytes of the scratch area.
# number: of a system call; with bit 31, one that is made as a program of 32 bits makes it, by int 0x80.
# word:   in (24 bits), out (24 bits), a tag of the caller's (16 bits), lowest first.
#
# Record, result and scratch area lie side by side, so that a reply is one stretch of memory.

        .equ    RECORD,   0x10000000
        .equ    WORD,     56
        .equ    RESULT,   64
        .equ    SCRATCH,  72
        .equ    MEMORY,   SCRATCH + 0x1000000

        .globl  _start
        .text
file:   .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0         # 64 bit, little endian, System V
        .quad   0
        .short  2, 62                                   # ET_EXEC, EM_X86_64
        .long   1
        .quad   _start
        .quad   headers - file, 0                       # program headers; no sections
        .long   0
        .short  64, 56, 2, 0, 0, 0

headers:.long   1, 5                                    # PT_LOAD, read and execute: this file
        .quad   0, file, file, end - file, end - file, 0x10000
        .long   1, 6                                    # PT_LOAD, read and write: zeroes
        .quad   0, RECORD, RECORD, 0, MEMORY, 0x10000

_start: mov     $RECORD, %ebx
next:   mov     %rbx, %rsi
        mov     $64, %edx
        call    fill
        mov     WORD(%rbx), %edx
        and     $0xffffff, %edx
        lea     SCRATCH(%rbx), %rsi
        call    fill

        mov     0(%rbx), %rax
        mov     8(%rbx), %rdi
        mov     16(%rbx), %rsi
        mov     24(%rbx), %rdx
        mov     32(%rbx), %r10
        mov     40(%rbx), %r8
        mov     48(%rbx), %r9
        btr     $31, %rax
        jc      narrow
        syscall
made:   mov     %rax, RESULT(%rbx)
        test    %rax, %rax
        jnz     reply

        mov     0(%rbx), %rcx                           # zero from clone, fork or clone3: we are the child,
        sub     $56, %rcx                               # and stdin is the parent's
        cmp     $2, %rcx
        jb      sleep
        je      quit                                    # from vfork: the memory, too, and it waits for our end
        cmp     $435 - 56, %rcx
        je      sleep

reply:  mov     WORD(%rbx), %rdx
        shr     $24, %rdx
        and     $0xffffff, %edx
        add     $16, %edx
        lea     WORD(%rbx), %rsi
more:   mov     $1, %eax                                # write(1, rsi, rdx)
        mov     $1, %edi
        syscall
        test    %rax, %rax
        jle     quit
        add     %rax, %rsi
        sub     %rax, %rdx
        jnz     more
        jmp     next

fill:   test    %rdx, %rdx                              # read(0, rsi, rdx) until rdx bytes are there
        jz      full
        xor     %eax, %eax
        xor     %edi, %edi
        syscall
        test    %rax, %rax
        jle     quit
        add     %rax, %rsi
        sub     %rax, %rdx
        jmp     fill
full:   ret

narrow: mov     %edi, %ebx                              # other registers, in the same order
        mov     %esi, %ecx
        mov     %r10d, %esi
        mov     %r8d, %edi
        mov     %r9d, %ebp
        int     $0x80
        cltq
        mov     $RECORD, %ebx
        jmp     made

sleep:  mov     $34, %eax                               # pause()
        syscall
        jmp     sleep

quit:   mov     $60, %eax                               # exit(0)
        xor     %edi, %edi
        syscall
end:
