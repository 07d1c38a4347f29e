/* The entry point of static Alpha programs. Debian 12's static glibc for Alpha never stores AT_PHDR and AT_PHNUM, and so dies before main
 * on any machine: this stores them, and goes on at glibc's own entry. Link with it and with -Wl,-e,__dragoman_start. */
	.text
	.globl	__dragoman_start
	.ent	__dragoman_start
__dragoman_start:
	.frame	$31, 0, $31, 0
	br	$27, 1f
1:	ldgp	$29, 0($27)
	ldq	$1, 0($30)		/* argc; argv and its null, envp and its null, and the auxiliary vector follow */
	lda	$2, 8($30)
	s8addq	$1, $2, $2
2:	lda	$2, 8($2)
	ldq	$3, 0($2)
	bne	$3, 2b
	lda	$2, 8($2)
3:	ldq	$3, 0($2)		/* type and value */
	ldq	$4, 8($2)
	lda	$2, 16($2)
	beq	$3, 6f			/* AT_NULL */
	cmpeq	$3, 3, $5		/* AT_PHDR */
	beq	$5, 4f
	lda	$6, _dl_phdr
	stq	$4, 0($6)
4:	cmpeq	$3, 5, $5		/* AT_PHNUM */
	beq	$5, 5f
	lda	$6, _dl_phnum
	stq	$4, 0($6)
5:	br	3b
6:	br	_start
	.end	__dragoman_start
	.section .note.GNU-stack,"",@progbits
