# Runs the generator over broken data; wants GENERATOR (program), DATA (folder) and WORK (a folder
# of its own). Every fault must be named with its file and JSON pointer, and no table may be written.

function(expect_refusal name text)
  set(folder ${WORK}/${name})
  file(REMOVE_RECURSE ${folder})
  file(COPY ${DATA}/schema ${DATA}/quants.json ${DATA}/engines.json DESTINATION ${folder}/data)
  file(MAKE_DIRECTORY ${folder}/out)
  file(WRITE ${folder}/data/broken.json "${text}")
  execute_process(COMMAND ${GENERATOR} ${folder}/data ${folder}/out
                  RESULT_VARIABLE result ERROR_VARIABLE errors OUTPUT_QUIET)
  if(NOT result EQUAL 1)
    message(FATAL_ERROR "${name}: exit ${result}, not 1\n${errors}")
  endif()
  foreach(expected IN LISTS ARGN)
    string(FIND "${errors}" "${folder}/data/${expected}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${name}: no line '${expected}' in\n${errors}")
    endif()
  endforeach()
  file(GLOB written ${folder}/out/*)
  if(written)
    message(FATAL_ERROR "${name}: wrote ${written}")
  endif()
endfunction()

expect_refusal(syntax "{\"schema\": " "broken.json: : not valid JSON at byte 11")
expect_refusal(twice "{\"schema\": \"llmfit.catalog/1\", \"gpus\": [], \"gpus\": []}"
  "broken.json: /gpus: key is given twice")
expect_refusal(shape
  "{\"schema\": \"llmfit.catalog/1\", \"gpus\": [{}], \"modles\": [], \"offers\": [3]}"
  "broken.json: /gpus/0/id: required key is missing"
  "broken.json: /gpus/0/sources: required key is missing"
  "broken.json: /modles: unknown key"
  "broken.json: /offers/0: must be an object")
file(READ ${DATA}/quants.json quants)
expect_refusal(duplicate "${quants}" "quants.json: /quants/0/id: is already the id of /quants/0")
