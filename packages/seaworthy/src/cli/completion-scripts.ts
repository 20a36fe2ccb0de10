/** What each shell is told, so that it asks us what may come next. Where we know nothing, it offers files. */
import { COMPLETE } from "./complete.ts";

/** @see {@link https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion-Builtins.html} */
const BASH = `_seaworthy() {
  local IFS=$'\\n'
  COMPREPLY=($(seaworthy ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then compopt -o default; fi
}
complete -F _seaworthy seaworthy
`;

/** @see {@link https://zsh.sourceforge.io/Doc/Release/Completion-System.html} */
const ZSH = `#compdef seaworthy
_seaworthy() {
  local -a candidates
  candidates=(\${(f)"$(seaworthy ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _seaworthy seaworthy
`;

/** @see {@link https://fishshell.com/docs/current/completions.html} */
const FISH = `function __seaworthy_complete
  set -l words (commandline -opc) (commandline -ct)
  seaworthy ${COMPLETE} $words[2..-1] 2>/dev/null
end
complete -c seaworthy -a '(__seaworthy_complete)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
